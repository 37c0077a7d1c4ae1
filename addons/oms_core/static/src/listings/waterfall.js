import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// The picture is drawn in these units and scaled by the browser.
const COLUMN = 112;
const BAR = 72;
const HEIGHT = 230;
const TOP = 26;
const TOTALS = ["on_hand", "free"];
const TRY_MS = 300;
// What of a listing, beside its product and parts, changes the quantity.
const RULE = ["units", "has_own_rule", "stock_buffer", "stock_percent", "stock_most", "stock_end_when", "is_fulfilled_by_channel"];

function plain(number) {
    return String(Math.round(number * 100) / 100);
}

/** Why a listing shows what it shows: from what is on hand to the quantity, by the formula that sends it. */
export class Waterfall extends Component {
    static template = "oms_core.Waterfall";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ facts: null, tried: null, trouble: "" });
        this.tryLater = useDebounced((value) => this.tryNumber(value), TRY_MS);
        // What is being edited is not stored yet; once it is, the numbers are read again.
        useRecordObserver((record) => {
            const key = record.dirty ? this.readKey : this.keyOf(record);
            if (record.resId && key !== this.readKey) {
                this.readKey = key;
                return this.load(record.resId);
            }
        });
    }

    keyOf({ resId, data }) {
        const parts = data.part_ids.records.map((part) => [part.data.product_id?.id, part.data.units]);
        return JSON.stringify([resId, data.product_id?.id, parts, ...RULE.map((name) => data[name])]);
    }

    async load(resId) {
        this.state.facts = await this.orm.call("oms.listing", "get_stock_explanation", [[resId]]);
    }

    async tryNumber(value) {
        this.state.trouble = "";
        if (value === "") {
            this.state.tried = null;
            return;
        }
        if (!(Number(value) >= 0)) {
            this.state.tried = null;
            this.state.trouble = _t("Enter a number of units, zero or more.");
            return;
        }
        this.state.tried = await this.orm.call("oms.listing", "try_rule", [[this.props.record.resId]], { free: Number(value) });
    }

    get title() {
        return _t("Why is it %s?", this.state.facts.target);
    }

    get steps() {
        return this.state.facts.steps;
    }

    get width() {
        return this.steps.length * COLUMN;
    }

    get viewBox() {
        return `0 0 ${this.width} ${HEIGHT + 2}`;
    }

    /** Bars from zero for totals, hanging between before and after for what was taken away or added. */
    get bars() {
        const steps = this.steps;
        const highest = Math.max(1e-6, ...steps.map((step) => Math.max(step.left, step.left - step.change)));
        const y = (value) => TOP + (HEIGHT - TOP) * (1 - Math.max(0, value) / highest);
        return steps.map((step, place) => {
            const isTotal = TOTALS.includes(step.term) || step.term === "shown";
            const from = isTotal ? 0 : step.left - step.change;
            const top = y(Math.max(from, step.left));
            const tone = step.term === "shown" ? "shown" : isTotal ? "total" : "change";
            const sign = step.change < 0 ? "−" : "+";
            return {
                ...step,
                place,
                tone,
                x: place * COLUMN + (COLUMN - BAR) / 2,
                y: top,
                width: BAR,
                height: Math.max(1.5, y(Math.min(from, step.left)) - top),
                middle: place * COLUMN + COLUMN / 2,
                textY: top - 8,
                text: isTotal ? plain(step.left) : `${sign}${plain(Math.abs(step.change))}`,
                line: place + 1 < steps.length ? { x1: place * COLUMN + (COLUMN + BAR) / 2, x2: (place + 1) * COLUMN + (COLUMN - BAR) / 2, y: y(step.left) } : null,
            };
        });
    }

    get baseLine() {
        return HEIGHT;
    }

    get columns() {
        return `grid-template-columns: repeat(${this.steps.length}, 1fr)`;
    }

    get hasPrices() {
        return this.state.facts.pushes.history.some((push) => push.price);
    }

    number(value) {
        return plain(value);
    }
}

registry.category("view_widgets").add("oms_waterfall", {
    component: Waterfall,
    fieldDependencies: [
        { name: "product_id", type: "many2one" },
    ],
});
