import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

import { RefreshedKanbanController, RefreshedListController } from "../core/auto_refresh";
import { OrderSearchBar } from "../search/order_search_bar";
import { OrderSearchModel } from "../tabs/order_search_model";
import { OrderControlPanel } from "../tabs/order_tabs";
import { OrderKanbanRenderer, OrderListRenderer } from "./fetch_order";

class OrderListController extends RefreshedListController {
    static components = { ...RefreshedListController.components, SearchBar: OrderSearchBar };
}

class OrderKanbanController extends RefreshedKanbanController {
    static components = { ...RefreshedKanbanController.components, SearchBar: OrderSearchBar };
}

const desk = { ControlPanel: OrderControlPanel, SearchModel: OrderSearchModel };
const views = registry.category("views");
views.add("oms_order_list", { ...listView, ...desk, Controller: OrderListController, Renderer: OrderListRenderer });
views.add("oms_order_kanban", { ...kanbanView, ...desk, Controller: OrderKanbanController, Renderer: OrderKanbanRenderer });
