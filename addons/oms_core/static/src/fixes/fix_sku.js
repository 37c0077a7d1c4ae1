import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";

import { addFix, Fix } from "./fix";

/** Says which product an SKU of a channel is, in place, for every order that waits for it. */
export class FixSku extends Fix {
    static template = "oms_core.FixSku";
    static components = { RecordSelector };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.domain = [["sale_ok", "=", true]];
        const sure = this.facts.candidates.filter((candidate) => candidate.is_sure);
        this.state = useState({ productId: sure.length === 1 ? sure[0].id : false });
    }

    get buttonText() {
        const { count } = this.problem.alike;
        return count === 1 ? _t("Link and retry 1 order") : _t("Link and retry %s orders", count);
    }

    get effectText() {
        const { count, orders } = this.problem.alike;
        const rest = count - orders.length;
        const names = orders.join(", ");
        if (count === 1) {
            return _t("%s loses this problem. The link stays for future orders.", names);
        }
        return rest > 0
            ? _t("%(names)s and %(rest)s more lose this problem. The link stays for future orders.", { names, rest })
            : _t("%s lose this problem. The link stays for future orders.", names);
    }

    choose(productId) {
        this.state.productId = productId;
    }

    async link() {
        await this.props.run("link_sku", { product_id: this.state.productId });
        this.notification.add(_t("Linked. All orders with this SKU go on, now and later."), { type: "success" });
    }

    createProduct() {
        const action = {
            type: "ir.actions.act_window",
            name: _t("Make a product"),
            res_model: "product.product",
            views: [[false, "form"]],
            target: "new",
            context: { default_name: this.facts.title, default_default_code: this.problem.cause, default_is_storable: true },
        };
        this.action.doAction(action, { onClose: () => this.props.done() });
    }
}

addFix(FixSku, ["unmapped_sku", "placeholder_line"]);
