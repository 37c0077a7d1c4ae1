import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** A new note on an order: what it says, whom it is for, and whether somebody must confirm it. */
export class NoteEntry extends Component {
    static template = "oms_core.NoteEntry";
    static props = { resId: Number, onAdded: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ text: "", audience: ["office"], mustConfirm: false, isBusy: false });
    }

    get audiences() {
        return [
            { name: "office", label: _t("Office") },
            { name: "picker", label: _t("Picker") },
            { name: "packer", label: _t("Packer") },
            { name: "label", label: _t("Label") },
        ];
    }

    get canAdd() {
        return Boolean(this.state.text.trim() && this.state.audience.length && !this.state.isBusy);
    }

    toggle(name) {
        const { audience } = this.state;
        this.state.audience = audience.includes(name) ? audience.filter((other) => other !== name) : [...audience, name];
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey) && this.canAdd) {
            ev.preventDefault();
            this.add();
        }
    }

    async add() {
        const { text, audience, mustConfirm } = this.state;
        this.state.isBusy = true;
        try {
            await this.orm.call("sale.order", "oms_add_note", [[this.props.resId]], {
                text,
                audience: [...audience],
                must_confirm: mustConfirm,
            });
            Object.assign(this.state, { text: "", audience: ["office"], mustConfirm: false });
            await this.props.onAdded();
        } finally {
            this.state.isBusy = false;
        }
    }
}
