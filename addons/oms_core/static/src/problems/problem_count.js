import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { rpcBus } from "@web/core/network/rpc";
import { useBus, useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { NavBar } from "@web/webclient/navbar/navbar";

const REFRESH_MS = 60000;
const LEAST_MS = 3000;
const CHANGING_MODELS = ["oms.exception", "oms.exception.ignore", "oms.listing", "oms.order.change.line"];
const READING = /^(web_|search|read|get_|name_|formatted_read_group|onchange|fields_get|action_open|action_view|action_ask)/;

/** How many problems are open, beside their menu. */
export class ProblemCount extends Component {
    static template = "oms_core.ProblemCount";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ count: 0 });
        this.readAt = 0;
        let timer;
        onMounted(() => {
            this.refresh();
            timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(timer));
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.refresh());
        // A button or a link on a problem may have solved it: the number follows at once.
        useBus(rpcBus, "RPC:RESPONSE", ({ detail }) => {
            const { model, method } = detail.data.params || {};
            if (CHANGING_MODELS.includes(model) && !READING.test(method)) {
                this.readAt = 0;
                this.refresh();
            }
        });
    }

    async refresh() {
        if (document.visibilityState !== "visible" || Date.now() - this.readAt < LEAST_MS) {
            return;
        }
        this.readAt = Date.now();
        this.state.count = await this.orm.silent.searchCount("oms.exception", [["state", "=", "open"]]);
    }
}

patch(NavBar, { components: { ...NavBar.components, ProblemCount } });
