import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { goToStep } from "./steps";

const WARNS = ["held", "asks"];

/** The last orders of a channel as they would be created here, both totals side by side; a row opens line by line. */
export class PreviewField extends Component {
    static template = "oms_core.PreviewField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ open: new Set() });
    }

    get rows() {
        return (this.props.record.data[this.props.name] || []).map((row, place) => this.prepareRow(row, place));
    }

    prepareRow(row, place) {
        const lines = row.lines || [];
        const goods = lines.filter((line) => line.kind === "goods");
        const linked = goods.filter((line) => line.is_linked).length;
        return {
            ...row,
            place,
            lines,
            placed: row.placed ? deserializeDateTime(row.placed).toFormat("d LLL HH:mm") : "",
            linked: goods.length ? _t("%(linked)s of %(all)s", { linked, all: goods.length }) : "–",
            isUnlinked: linked < goods.length,
            tone: row.state === "unreadable" ? "bad" : WARNS.includes(row.state) || row.is_equal === false ? "warn" : "done",
            word: this.wordOf(row),
            why: (row.problems || []).join(" "),
            fixes: row.fixes || [],
        };
    }

    wordOf(row) {
        if (row.state === "unreadable") {
            return _t("Cannot be read");
        }
        if (row.state === "held") {
            return _t("Would be held");
        }
        if (row.is_equal === false) {
            return _t("Differs");
        }
        return row.state === "asks" ? _t("Goes on, needs you") : _t("Equal");
    }

    get facts() {
        const { rows } = this;
        const count = (test) => rows.filter(test).length;
        return [
            { key: "read", label: _t("Orders read"), value: count((row) => row.state !== "unreadable") },
            { key: "ready", label: _t("Would go on at once"), value: count((row) => row.state === "ready") },
            { key: "asks", label: _t("Go on, need you"), value: count((row) => row.state === "asks"), tone: "warn" },
            { key: "held", label: _t("Would be held"), value: count((row) => row.state === "held"), tone: "warn" },
            { key: "differs", label: _t("Totals that differ"), value: count((row) => row.is_equal === false), tone: "bad" },
            { key: "bad", label: _t("Cannot be read"), value: count((row) => row.state === "unreadable"), tone: "bad" },
        ];
    }

    open(fix) {
        return goToStep(this.props.record, fix.step);
    }

    toggle(row) {
        const { open } = this.state;
        if (!open.delete(row.place)) {
            open.add(row.place);
        }
    }
}

registry.category("fields").add("oms_preview", {
    component: PreviewField,
    displayName: _t("Preview of orders"),
    supportedTypes: ["json"],
});
