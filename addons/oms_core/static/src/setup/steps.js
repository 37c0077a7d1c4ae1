import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const WORDS = { done: _t("done"), now: _t("now"), next: _t("to come") };

/** Keep what was entered, and show another step. */
export async function goToStep(record, step) {
    await record.update({ setup_step: step });
    await record.save();
}

/** The steps of setting a channel up: what is done, what is now, what is to come. A step that is done opens again. */
export class StepsField extends Component {
    static template = "oms_core.StepsField";
    static props = { ...standardFieldProps };

    get steps() {
        const { record, name } = this.props;
        const options = record.fields[name].selection;
        const now = options.findIndex(([value]) => value === record.data[name]);
        return options.map(([value, label], place) => {
            const tone = place < now ? "done" : place === now ? "now" : "next";
            const note = tone === "done" ? (record.data.setup_notes || {})[value] : "";
            return { value, label, number: place + 1, tone, word: WORDS[tone], note };
        });
    }

    get progress() {
        return _t("Step %(now)s of %(all)s", {
            now: this.steps.findIndex((step) => step.tone === "now") + 1,
            all: this.steps.length,
        });
    }

    open(step) {
        return goToStep(this.props.record, step.value);
    }
}

registry.category("fields").add("oms_steps", {
    component: StepsField,
    displayName: _t("Steps"),
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "setup_notes", type: "json" }],
});

/** "Back", without asking for what this step still lacks. */
export class SetupBack extends Component {
    static template = "oms_core.SetupBack";
    static props = { ...standardWidgetProps };

    back() {
        const { record } = this.props;
        const names = record.fields.setup_step.selection.map(([value]) => value);
        return goToStep(record, names[Math.max(names.indexOf(record.data.setup_step) - 1, 0)]);
    }
}

registry.category("view_widgets").add("oms_setup_back", {
    component: SetupBack,
    fieldDependencies: [{ name: "setup_step", type: "selection" }],
});

/** The steps of a channel in set-up as bars, for its card. */
export class SetupBarsField extends Component {
    static template = "oms_core.SetupBarsField";
    static props = { ...standardFieldProps };

    get bars() {
        const { record, name } = this.props;
        return record.fields.setup_step.selection.map((_option, place) => {
            const done = record.data[name];
            return { place, tone: place < done ? "done" : place === done ? "now" : "next" };
        });
    }

    get text() {
        return _t("%(done)s of %(all)s steps done", { done: this.props.record.data[this.props.name], all: this.bars.length });
    }
}

registry.category("fields").add("oms_setup_bars", {
    component: SetupBarsField,
    displayName: _t("Set-up bars"),
    supportedTypes: ["integer"],
    fieldDependencies: [{ name: "setup_step", type: "selection" }],
});
