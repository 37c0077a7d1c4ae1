import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dialog } from "@web/core/dialog/dialog";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useAutofocus, useBus, useService } from "@web/core/utils/hooks";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";
import { ActionHelper } from "@web/views/action_helper";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { ListRenderer } from "@web/views/list/list_renderer";

const LEAST_LENGTH = 3;
const ASK_AGAIN_MS = 15000;
const VIEWS = ["oms_order_list", "oms_order_kanban"];

/** What was searched for last, when it can be the number of an order. */
function typedNumber(searchModel) {
    const typed = searchModel.facets.filter((facet) => facet.type === "field").flatMap((facet) => facet.values);
    const last = String(typed.at(-1) || "").trim();
    return last.length >= LEAST_LENGTH && /\d/.test(last) ? last : "";
}

/** Ask all live channels, or one of them, for the order of a number. */
export class FetchButtons extends Component {
    static template = "oms_core.FetchButtons";
    static props = { number: String, channels: Array, onAsked: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ asked: "" });
    }

    async fetch(channels) {
        const { number } = this.props;
        this.state.asked = number;
        const ids = channels.map((channel) => channel.id);
        await this.orm.call("oms.channel", "fetch_order_by_number", [ids], { number });
        this.notification.add(_t("Asked. The answer comes in a moment, and the order with it."), { type: "info" });
        browser.setTimeout(() => (this.state.asked = ""), ASK_AGAIN_MS);
        this.props.onAsked?.();
    }
}

function readChannels(orm) {
    return orm.searchRead("oms.channel", [["state", "=", "live"]], ["name"]);
}

/** Where a search for a number finds nothing: ask a live channel for the order of that number. */
export class FetchOrder extends Component {
    static template = "oms_core.FetchOrder";
    static components = { FetchButtons };
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ channels: [], number: "" });
        onWillStart(() => this.loadChannels());
        useBus(this.env.searchModel, "update", () => this.loadChannels());
    }

    /** An empty list may be searched once more, so this may be drawn before there is a number. */
    async loadChannels() {
        this.state.number = typedNumber(this.env.searchModel);
        if (this.state.number && !this.state.channels.length) {
            this.state.channels = await readChannels(this.orm);
        }
    }
}

/** The same at any time, also where the list shows other orders: the number is typed here. */
export class FetchOrderDialog extends Component {
    static template = "oms_core.FetchOrderDialog";
    static components = { Dialog, FetchButtons };
    static props = { number: String, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ channels: [], number: this.props.number });
        useAutofocus({ refName: "number", selectAll: true });
        onWillStart(async () => {
            this.state.channels = await readChannels(this.orm);
        });
    }

    get number() {
        return this.state.number.trim();
    }
}

export class FetchOrderMenu extends Component {
    static template = "oms_core.FetchOrderMenu";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.dialog = useService("dialog");
    }

    open() {
        this.dialog.add(FetchOrderDialog, { number: typedNumber(this.env.searchModel) });
    }
}

registry.category("cogMenu").add("oms-fetch-order", {
    Component: FetchOrderMenu,
    groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
    isDisplayed: ({ config }) => VIEWS.includes(config.viewSubType) && user.hasGroup("oms_core.group_oms_clerk"),
});

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
