import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { useClock } from "../core/clock";
import { formatDuration } from "../core/duration";
import { boxProps, OverviewBox } from "./box";

/** What left today, what is left, and which cut-offs will be missed at the pace of the last hour. */
export class WarehousesBox extends Component {
    static template = "oms_core.WarehousesBox";
    static components = { OverviewBox };
    static props = boxProps;

    setup() {
        this.clock = useClock();
    }

    shareOf(warehouse) {
        const whole = warehouse.packed.count + warehouse.left.count;
        return whole ? Math.round((100 * warehouse.packed.count) / whole) : 0;
    }

    leftOf(cutoff) {
        return formatDuration(this.msLeft(cutoff));
    }

    msLeft(cutoff) {
        return deserializeDateTime(cutoff.at).toMillis() - this.clock.now.toMillis();
    }

    /** In words, because a colour alone says nothing to some. */
    verdictOf(cutoff) {
        if (cutoff.is_over) {
            return cutoff.waiting ? { text: _t("%s left behind", cutoff.waiting), tone: "" } : { text: _t("Closed"), tone: "" };
        }
        if (!cutoff.waiting) {
            return { text: _t("None left"), tone: "" };
        }
        if (cutoff.missed === false) {
            return { text: _t("Nothing packed this hour"), tone: "" };
        }
        return cutoff.missed ? { text: _t("%s will miss", cutoff.missed), tone: "o_oms_warn fw-bold" } : { text: _t("On pace"), tone: "" };
    }

    get warnings() {
        const rows = [];
        for (const warehouse of this.props.data.rows) {
            for (const cutoff of warehouse.cutoffs) {
                if (!cutoff.is_over && cutoff.missed) {
                    const words = {
                        warehouse: warehouse.name,
                        pace: warehouse.pace,
                        left: formatDuration(this.msLeft(cutoff)),
                        count: cutoff.missed,
                        carrier: cutoff.carrier,
                        clock: cutoff.clock,
                    };
                    const text = _t("%(warehouse)s packs %(pace)s parcels an hour. With %(left)s left, %(count)s of %(carrier)s will miss %(clock)s.", words);
                    rows.push({ cutoff, text });
                }
            }
        }
        return rows;
    }
}
