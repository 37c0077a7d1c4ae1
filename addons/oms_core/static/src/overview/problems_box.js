import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { useClock } from "../core/clock";
import { ageOf, boxProps, OverviewBox } from "./box";

const SHOWN = 7;

/** The open problems by kind; the length of a bar is their number, red is critical. */
export class ProblemsBox extends Component {
    static template = "oms_core.ProblemsBox";
    static components = { OverviewBox };
    static props = boxProps;

    setup() {
        this.clock = useClock();
    }

    get rows() {
        const { rows } = this.props.data;
        const most = Math.max(...rows.map((row) => row.count), 1);
        return rows.slice(0, SHOWN).map((row) => ({
            ...row,
            share: Math.max(Math.round((100 * row.count) / most), 4),
            fact: row.fact || _t("oldest %s", ageOf(row.oldest, this.clock.now)),
        }));
    }

    get restCount() {
        return this.props.data.rows.slice(SHOWN).reduce((sum, row) => sum + row.count, 0);
    }

    get note() {
        const { data } = this.props;
        return data?.count ? _t("%(count)s open, oldest %(age)s", { count: data.count, age: ageOf(data.oldest, this.clock.now) }) : "";
    }

    openClosed(domain) {
        return this.props.open({ action: this.props.data.action, domain, name: _t("Ended today") });
    }
}
