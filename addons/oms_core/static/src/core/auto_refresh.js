import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { ChannelKanbanRenderer } from "../channels/channel_kanban";

const CARDS_MS = 20000;
const LISTS_MS = 30000;

/**
 * Read a view again every so often while somebody looks at it and nothing in it is chosen or being edited.
 *
 * @param {() => import("@web/model/relational_model/relational_model").RelationalModel} getModel
 * @param {number} everyMs
 */
export function useAutoRefresh(getModel, everyMs) {
    let timer;
    let isReading = false;
    const refresh = async () => {
        const { root, useSampleModel } = getModel();
        const isBusy = isReading || useSampleModel || root.editedRecord || root.selection?.length;
        if (document.visibilityState !== "visible" || isBusy || document.querySelector(".modal")) {
            return;
        }
        isReading = true;
        try {
            await root.load();
        } finally {
            isReading = false;
        }
    };
    onMounted(() => {
        timer = browser.setInterval(refresh, everyMs);
    });
    onWillUnmount(() => browser.clearInterval(timer));
}

class ChannelKanbanController extends KanbanController {
    setup() {
        super.setup();
        useAutoRefresh(() => this.model, CARDS_MS);
    }
}

export class RefreshedKanbanController extends KanbanController {
    setup() {
        super.setup();
        useAutoRefresh(() => this.model, LISTS_MS);
    }
}

export class RefreshedListController extends ListController {
    setup() {
        super.setup();
        useAutoRefresh(() => this.model, LISTS_MS);
    }
}

const views = registry.category("views");
views.add("oms_channel_kanban", { ...kanbanView, Controller: ChannelKanbanController, Renderer: ChannelKanbanRenderer });
views.add("oms_kanban", { ...kanbanView, Controller: RefreshedKanbanController });
views.add("oms_list", { ...listView, Controller: RefreshedListController });
