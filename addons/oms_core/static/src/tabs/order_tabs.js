import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { useAutofocus, useBus, useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";

const REFRESH_MS = 30000;
const COUNTED_TO = 1000;

/** Ask how the tab is called and who sees it. */
export class SaveTabDialog extends Component {
    static template = "oms_core.SaveTabDialog";
    static components = { Dialog };
    static props = { domain: String, onSaved: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ name: "", isShared: false, isBusy: false });
        useAutofocus({ refName: "name" });
    }

    async save() {
        if (!this.state.name.trim() || this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            const { name, isShared } = this.state;
            const tab = await this.orm.call("sale.order", "save_tab", [], { name, domain: this.props.domain, is_shared: isShared });
            this.props.close();
            await this.props.onSaved(tab);
        } finally {
            this.state.isBusy = false;
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.save();
        }
    }
}

/** Counted tabs above the list of orders; the last button keeps the search as one more. */
export class OrderTabs extends Component {
    static template = "oms_core.OrderTabs";
    static props = {};

    setup() {
        this.counts = useService("oms_tab_counts");
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ tabs: [] });
        onMounted(() => {
            this.read();
            this.timer = browser.setInterval(() => this.read(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
        useBus(this.env.searchModel, "update", () => this.read());
    }

    async read(options) {
        if (document.visibilityState === "visible" || options) {
            this.state.tabs = await this.counts.getCounts(options);
        }
    }

    get selectedKey() {
        return this.env.searchModel.omsTab?.key;
    }

    countOf(tab) {
        if (tab.count < 0) {
            return "?";
        }
        return tab.filter_id && tab.count >= COUNTED_TO ? `${COUNTED_TO - 1}+` : String(tab.count);
    }

    hintOf(tab) {
        if (tab.count < 0) {
            return _t("This search cannot be read any more. Remove the tab and save it again.");
        }
        return tab.key === this.selectedKey ? _t("Click again to see all orders") : "";
    }

    select(tab) {
        this.env.searchModel.selectTab(tab.key === this.selectedKey ? null : tab);
    }

    ask() {
        const { searchModel } = this.env;
        this.dialog.add(SaveTabDialog, {
            domain: searchModel._getDomain({ raw: true, withGlobal: false }).toString(),
            onSaved: async (tab) => {
                await this.read({ isFresh: true });
                // What was searched for is in the tab now.
                searchModel.blockNotification = true;
                searchModel.clearQuery();
                searchModel.blockNotification = false;
                searchModel.selectTab(tab);
            },
        });
    }

    askRemove(tab) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Remove a tab"),
            body: tab.is_shared ? _t("“%s” goes away for everybody. The orders stay.", tab.name) : _t("“%s” goes away. The orders stay.", tab.name),
            confirmLabel: _t("Remove"),
            confirm: async () => {
                await this.orm.call("sale.order", "remove_tab", [], { filter_id: tab.filter_id });
                await this.read({ isFresh: true });
                this.env.searchModel.selectTab(null);
            },
            cancel: () => {},
        });
    }
}

patch(ControlPanel, { components: { ...ControlPanel.components, OrderTabs } });
patch(ControlPanel.prototype, {
    get hasOrderTabs() {
        const { config, inDialog, searchModel } = this.env;
        return Boolean(!inDialog && searchModel?.globalContext?.oms_tab && config.viewType !== "form");
    },
});
