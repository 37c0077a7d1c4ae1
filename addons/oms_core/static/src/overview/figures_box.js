import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { useClock } from "../core/clock";
import { ageOf, boxProps, OverviewBox } from "./box";

/** The row of figures. */
export class FiguresBox extends Component {
    static template = "oms_core.FiguresBox";
    static components = { OverviewBox };
    static props = boxProps;

    setup() {
        this.clock = useClock();
    }

    factOf(figure) {
        return figure.fact?.kind === "oldest" ? _t("oldest %s", ageOf(figure.fact.at, this.clock.now)) : figure.fact;
    }
}
