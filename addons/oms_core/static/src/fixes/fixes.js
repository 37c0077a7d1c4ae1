import { useState } from "@odoo/owl";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";

import { addFix, Fix } from "./fix";

/** The lines of both sides beside each other; the difference can become one labelled line. */
export class FixTotal extends Fix {
    static template = "oms_core.FixTotal";
}

/** The delivery address, with what it lacks marked. */
export class FixAddress extends Fix {
    static template = "oms_core.FixAddress";
    static components = { RecordSelector };

    setup() {
        this.state = useState({ ...this.facts.values });
        this.fields = [
            { name: "name", label: _t("Name") },
            { name: "street", label: _t("Street and number") },
            { name: "street2", label: _t("Street 2") },
            { name: "zip", label: _t("Postcode") },
            { name: "city", label: _t("City") },
            { name: "phone", label: _t("Phone") },
        ];
    }

    isMissing(name) {
        return this.facts.missing.includes(name) && !this.state[name];
    }

    chooseCountry(id) {
        this.state.country_id = id;
    }

    useCompanyPhone() {
        this.state.phone = this.facts.company_phone;
    }

    save() {
        return this.props.run("complete_address", { values: { ...this.state } });
    }
}

/** Who signs in again, and what waits until then. */
export class FixSignIn extends Fix {
    static template = "oms_core.FixSignIn";

    get keptText() {
        const { stock_kept: stock, messages_kept: messages } = this.facts;
        return _t("Nothing is lost: %(stock)s stock values and %(messages)s messages are kept and go out after the sign-in.", { stock, messages });
    }

    get managersText() {
        return _t("A manager signs in again: %s.", this.facts.managers.join(", ") || "–");
    }
}

/** What the channel changed, to be taken over or refused line by line. */
export class FixChange extends Fix {
    static template = "oms_core.FixChange";

    setup() {
        this.orm = useService("orm");
    }

    get open() {
        return this.facts.lines.filter((line) => line.is_open);
    }

    get wordOf() {
        return { taken: _t("Taken over by itself"), accepted: _t("Accepted"), refused: _t("Refused") };
    }

    async decide(line, method) {
        await this.orm.call("oms.order.change.line", method, [[line.id]]);
        await this.props.done();
    }
}

/** Where units are and when more come. It only shows: sending from elsewhere is decided on the order. */
export class FixStock extends Fix {
    static template = "oms_core.FixStock";
    static isFactsOnly = true;

    freeText(row) {
        return row.free.map((place) => _t("%(place)s %(units)s", place)).join(", ");
    }
}

/** The carrier, where its name on the channel is set. */
export class FixCarrier extends Fix {
    static template = "oms_core.FixCarrier";
    static isFactsOnly = true;

    setup() {
        this.action = useService("action");
    }

    open(carrier) {
        const action = { type: "ir.actions.act_window", res_model: "delivery.carrier", res_id: carrier.id, views: [[false, "form"]], target: "new" };
        this.action.doAction(action, { onClose: () => this.props.done() });
    }
}

/** Why the order was cancelled, in one of the channel's words. */
export class FixTelling extends Fix {
    static template = "oms_core.FixTelling";

    setup() {
        this.state = useState({ reason: this.facts.reason });
    }
}

addFix(FixTotal, ["total_differs"]);
addFix(FixAddress, ["address_incomplete", "unmapped_country"]);
addFix(FixSignIn, ["signed_out", "credential_ends"]);
addFix(FixChange, ["changed_after_import"]);
addFix(FixStock, ["stock_short", "oversold"]);
addFix(FixCarrier, ["carrier_unmapped"]);
addFix(FixTelling, ["cancel_untold"]);
