import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Says which product an SKU of a channel is, in place, for every order that waits for it. */
export class FixSku extends Component {
    static template = "oms_core.FixSku";
    static components = { RecordSelector };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.domain = [["sale_ok", "=", true]];
        this.state = useState({ candidates: [], title: "", productId: false, isSending: false });
        useRecordObserver((record) => record.resId !== this.loadedId && this.load(record.resId));
    }

    get record() {
        return this.props.record;
    }

    get channelName() {
        return this.record.data.channel_id.display_name;
    }

    get count() {
        return this.record.data.alike_count;
    }

    get buttonText() {
        return this.count === 1 ? _t("Link and retry 1 order") : _t("Link and retry %s orders", this.count);
    }

    async load(resId) {
        this.loadedId = resId;
        const facts = await this.orm.call("oms.exception", "get_fix_facts", [[resId]]);
        Object.assign(this.state, facts);
        const sure = facts.candidates.filter((candidate) => candidate.is_sure);
        this.state.productId = sure.length === 1 ? sure[0].id : false;
    }

    choose(productId) {
        this.state.productId = productId;
    }

    async link() {
        this.state.isSending = true;
        try {
            await this.orm.call("oms.exception", "link_sku", [[this.record.resId]], { product_id: this.state.productId });
        } finally {
            this.state.isSending = false;
        }
        this.notification.add(_t("Linked. All orders with this SKU go on, now and later."), { type: "success" });
        await this.record.load();
    }

    createProduct() {
        const action = {
            type: "ir.actions.act_window",
            name: _t("Make a product"),
            res_model: "product.product",
            views: [[false, "form"]],
            target: "new",
            context: { default_name: this.state.title, default_default_code: this.record.data.cause, default_is_storable: true },
        };
        this.action.doAction(action, { onClose: () => this.load(this.record.resId) });
    }
}

registry.category("view_widgets").add("oms_fix_sku", {
    component: FixSku,
    fieldDependencies: [
        { name: "alike_count", type: "integer" },
        { name: "cause", type: "char" },
        { name: "channel_id", type: "many2one" },
    ],
});
