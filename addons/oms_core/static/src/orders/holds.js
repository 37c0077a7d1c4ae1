import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { useClock } from "../core/clock";
import { formatDuration, formatMoment } from "../core/duration";

/** One banner for each hold of an order: why, whether its stock is kept, what ends it, and how long that is. */
export class HoldsField extends Component {
    static template = "oms_core.HoldsField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useClock();
    }

    get holds() {
        return this.props.record.data[this.props.name].records.map((record) => {
            const { kind, note, sentence, ends_at: endsAt } = record.data;
            const label = record.fields.kind.selection.find(([value]) => value === kind)[1];
            const head = note ? `${label}: ${note}`.replace(/\.$/, "") : label;
            const left = endsAt ? endsAt.toMillis() - this.clock.now.toMillis() : 0;
            return {
                id: record.id,
                head: `${head}.`,
                rest: sentence.startsWith(`${head}.`) ? sentence.slice(head.length + 1) : sentence,
                left: endsAt ? (left > 0 ? formatDuration(left) : _t("over now")) : "",
                moment: endsAt ? formatMoment(endsAt, this.clock.now) : "",
                isOver: Boolean(endsAt) && left <= 0,
            };
        });
    }
}

registry.category("fields").add("oms_holds", {
    component: HoldsField,
    displayName: _t("Holds"),
    supportedTypes: ["one2many"],
    useSubView: true,
    relatedFields: [
        { name: "kind", type: "selection", selection: [] },
        { name: "note", type: "char" },
        { name: "sentence", type: "char" },
        { name: "ends_at", type: "datetime" },
    ],
});

/** How much of a line is kept: a bar, and so many of so many. */
export class AllocationField extends Component {
    static template = "oms_core.AllocationField";
    static props = { ...standardFieldProps };

    get asked() {
        return this.props.record.data.oms_units_asked || 0;
    }

    get has() {
        return this.props.record.data[this.props.name] || 0;
    }

    get share() {
        return this.asked ? Math.min(100, Math.round((100 * this.has) / this.asked)) : 0;
    }

    get text() {
        return _t("%(has)s of %(asked)s", { has: this.has, asked: this.asked });
    }
}

registry.category("fields").add("oms_allocation", {
    component: AllocationField,
    displayName: _t("Allocated"),
    supportedTypes: ["float"],
    fieldDependencies: [{ name: "oms_units_asked", type: "float" }],
});
