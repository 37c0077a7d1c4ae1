import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { useReloadWhile } from "../core/polling";

/** What a job is doing, or what went wrong. It is being done until the field named in "until" has its time. */
export class WaitingField extends Component {
    static template = "oms_core.WaitingField";
    static props = { ...standardFieldProps, until: String };

    setup() {
        useReloadWhile(
            () => this.props.record,
            () => this.isWaiting
        );
    }

    get text() {
        return this.props.record.data[this.props.name];
    }

    get isWaiting() {
        return Boolean(this.text) && !this.props.record.data[this.props.until];
    }
}

registry.category("fields").add("oms_waiting", {
    component: WaitingField,
    displayName: _t("What a job is doing"),
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ until: options.until }),
    fieldDependencies: ({ options }) => [{ name: options.until, type: "datetime" }],
});

/** Says that listings are being read, and shows each page as it comes. */
export class ReadingField extends Component {
    static template = "oms_core.ReadingField";
    static props = { ...standardFieldProps };

    setup() {
        useReloadWhile(
            () => this.props.record,
            () => this.isReading
        );
    }

    get isReading() {
        return this.props.record.data[this.props.name];
    }

    get trouble() {
        const row = this.props.record.data.state_ids.records.find((state) => state.data.entity === "listings");
        return (row && row.data.message) || "";
    }
}

registry.category("fields").add("oms_reading", {
    component: ReadingField,
    displayName: _t("Reading listings"),
    supportedTypes: ["boolean"],
});

/** A share of hundred as a bar; its number stands beside it. */
export class PercentBarField extends Component {
    static template = "oms_core.PercentBarField";
    static props = { ...standardFieldProps };

    get percent() {
        return Math.max(0, Math.min(100, this.props.record.data[this.props.name]));
    }
}

registry.category("fields").add("oms_percent_bar", {
    component: PercentBarField,
    displayName: _t("Percent as a bar"),
    supportedTypes: ["integer"],
});
