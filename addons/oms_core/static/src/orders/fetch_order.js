import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { ActionHelper } from "@web/views/action_helper";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { ListRenderer } from "@web/views/list/list_renderer";

const LEAST_LENGTH = 3;
const ASK_AGAIN_MS = 15000;

/** Where a search for a number finds nothing: ask a live channel for the order of that number. */
export class FetchOrder extends Component {
    static template = "oms_core.FetchOrder";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ channels: [], number: "", isAsked: false });
        onWillStart(() => this.loadChannels());
        useBus(this.env.searchModel, "update", () => this.loadChannels());
    }

    /** An empty list may be searched once more, so this may be drawn before there is a number. */
    async loadChannels() {
        this.state.number = this.typedNumber;
        if (this.state.number && !this.state.channels.length) {
            this.state.channels = await this.orm.searchRead("oms.channel", [["state", "=", "live"]], ["name"]);
        }
    }

    /** What was searched for last, when it can be the number of an order. */
    get typedNumber() {
        const typed = this.env.searchModel.facets.filter((facet) => facet.type === "field").flatMap((facet) => facet.values);
        const last = String(typed.at(-1) || "").trim();
        return last.length >= LEAST_LENGTH && /\d/.test(last) ? last : "";
    }

    async fetch(channels) {
        this.state.isAsked = true;
        const ids = channels.map((channel) => channel.id);
        await this.orm.call("oms.channel", "fetch_order_by_number", [ids], { number: this.state.number });
        this.notification.add(_t("Asked. The answer comes in a moment, and the order with it."), { type: "info" });
        browser.setTimeout(() => (this.state.isAsked = false), ASK_AGAIN_MS);
    }
}

export class OrderActionHelper extends ActionHelper {
    static template = "oms_core.OrderActionHelper";
    static components = { ...ActionHelper.components, FetchOrder };
}

export class OrderListRenderer extends ListRenderer {
    static components = { ...ListRenderer.components, ActionHelper: OrderActionHelper };
}

export class OrderKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, ActionHelper: OrderActionHelper };
}
