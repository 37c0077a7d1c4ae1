import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const TONES = ["done", "doing", "warn", "bad"];

/** A state in one word: done is a tick, not started a dash, and only trouble has a surface. */
export class AxisField extends Component {
    static template = "oms_core.AxisField";
    static props = { ...standardFieldProps, tones: Object, text: { type: String, optional: true }, words: { type: Boolean, optional: true } };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        const { record, name, text } = this.props;
        if (text && record.data[text]) {
            return record.data[text];
        }
        const found = record.fields[name].selection.find(([value]) => value === this.value);
        return found ? found[1] : "";
    }

    /** What has not begun is a dash, or a quiet word where there is room for it. */
    get isBlank() {
        return !this.value || (this.value === "none" && !this.props.words);
    }

    get tone() {
        return TONES.find((tone) => (this.props.tones[tone] || []).includes(this.value)) || "plain";
    }
}

registry.category("fields").add("oms_axis", {
    component: AxisField,
    displayName: _t("State chip"),
    supportedTypes: ["selection"],
    extractProps: ({ options }) => ({ tones: options, text: options.text, words: Boolean(options.words) }),
    fieldDependencies: ({ options }) => (options.text ? [{ name: options.text, type: "char" }] : []),
});

/** What of an order needs a person: that it is held, or how many problems it has. */
export class AttentionField extends Component {
    static template = "oms_core.AttentionField";
    static props = { ...standardFieldProps };

    get hold() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return this.props.record.fields[this.props.name].selection.find(([value]) => value === this.hold)[1];
    }

    get problems() {
        return this.props.record.data.oms_exception_count;
    }

    get problemText() {
        return this.problems === 1 ? _t("1 problem") : _t("%s problems", this.problems);
    }
}

registry.category("fields").add("oms_attention", {
    component: AttentionField,
    displayName: _t("Needs attention"),
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "oms_exception_count", type: "integer" }],
});

/** A name with a second, quieter line under it. */
export class TwoLineField extends Component {
    static template = "oms_core.TwoLineField";
    static props = { ...standardFieldProps, second: String };

    get first() {
        const value = this.props.record.data[this.props.name];
        return (value && value.display_name) || value || "";
    }

    get secondLine() {
        const value = this.props.record.data[this.props.second];
        return (value && value.display_name) || value || "";
    }
}

registry.category("fields").add("oms_two_lines", {
    component: TwoLineField,
    displayName: _t("Two lines"),
    supportedTypes: ["char", "many2one"],
    extractProps: ({ options }) => ({ second: options.second }),
    fieldDependencies: ({ options }) => [{ name: options.second, type: "char" }],
});

/** Names of linked records as plain text. */
export class NamesField extends Component {
    static template = "oms_core.NamesField";
    static props = { ...standardFieldProps };

    get text() {
        return this.props.record.data[this.props.name].records.map((record) => record.data.display_name).join(", ");
    }
}

registry.category("fields").add("oms_names", {
    component: NamesField,
    displayName: _t("Names"),
    supportedTypes: ["many2many", "one2many"],
    relatedFields: [{ name: "display_name", type: "char" }],
});
