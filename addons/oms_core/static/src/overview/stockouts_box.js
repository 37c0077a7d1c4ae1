import { Component } from "@odoo/owl";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { boxProps, OverviewBox } from "./box";

/** Products that will run out within two weeks. A button opens where it is ordered; nothing is ordered from here. */
export class StockoutsBox extends Component {
    static template = "oms_core.StockoutsBox";
    static components = { OverviewBox };
    static props = boxProps;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get note() {
        const { data } = this.props;
        return data && !data.error ? _t("%(count)s of %(sold)s products that sold", { count: data.count, sold: data.sold_count }) : "";
    }

    get link() {
        return this.props.data?.count ? _t("All %s", this.props.data.count) : "";
    }

    dayOf(row) {
        return deserializeDate(row.on).toLocaleString({ weekday: "short", day: "numeric", month: "short" });
    }

    dueOf(row) {
        return _t("Due %s", deserializeDateTime(row.due).toLocaleString({ day: "numeric", month: "short" }));
    }

    toneOf(row) {
        return row.days <= 7 ? "o_oms_bad" : row.days <= 10 ? "o_oms_warn" : "";
    }

    openProduct(row) {
        const action = { type: "ir.actions.act_window", res_model: "product.product", res_id: row.id, views: [[false, "form"]] };
        return this.action.doAction(action);
    }

    async replenish(row) {
        return this.action.doAction(await this.orm.call("product.product", "action_view_orderpoints", [[row.id]]));
    }
}
