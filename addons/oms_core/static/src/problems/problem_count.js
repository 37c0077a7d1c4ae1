import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useBus, useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { NavBar } from "@web/webclient/navbar/navbar";

const REFRESH_MS = 60000;
const LEAST_MS = 3000;

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
        // Solving a problem ends in another screen being drawn: the number follows at once.
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.refresh());
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
