import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

import { RefreshedKanbanController, RefreshedListController } from "../core/auto_refresh";
import { OrderSearchBar } from "../search/order_search_bar";
import { OrderKanbanRenderer, OrderListRenderer } from "./fetch_order";

class OrderListController extends RefreshedListController {
    static components = { ...RefreshedListController.components, SearchBar: OrderSearchBar };
}

class OrderKanbanController extends RefreshedKanbanController {
    static components = { ...RefreshedKanbanController.components, SearchBar: OrderSearchBar };
}

const views = registry.category("views");
views.add("oms_order_list", { ...listView, Controller: OrderListController, Renderer: OrderListRenderer });
views.add("oms_order_kanban", { ...kanbanView, Controller: OrderKanbanController, Renderer: OrderKanbanRenderer });
