import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";

const REFRESH_MS = 20000;

/** The channel cards read themselves again while somebody looks at them. */
export class ChannelKanbanController extends KanbanController {
    setup() {
        super.setup();
        let timer;
        onMounted(() => {
            timer = browser.setInterval(() => this.refreshIfVisible(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    async refreshIfVisible() {
        const isBusy = this.model.root.isGrouped ? false : this.model.root.records.some((record) => record.isInEdition);
        if (document.visibilityState === "visible" && !isBusy && !this.model.useSampleModel) {
            await this.model.load();
        }
    }
}

registry.category("views").add("oms_channel_kanban", { ...kanbanView, Controller: ChannelKanbanController });
