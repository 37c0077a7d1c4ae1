import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("oms_overview", {
    steps: () => [
        { content: "the app begins here", trigger: ".o_menu_sections .o_nav_entry:first:contains(Overview), .o_menu_sections a:first:contains(Overview)" },
        { content: "one box failed and says why", trigger: ".o_oms_box_stockouts .o_oms_box_failed:contains(No vendor)" },
        { content: "the others stay", trigger: ".o_oms_channel[data-name=Memory] svg polyline" },
        { trigger: ".o_oms_box_failed button", run: "click" },
        { trigger: ".o_oms_box_stockouts:not(:has(.o_oms_box_failed)) .o_oms_calm" },
        { trigger: ".o_oms_kpi[data-key=to_pick] .o_oms_kpi_count:contains(2)" },
        { content: "a figure opens the list it counts", trigger: ".o_oms_kpi[data-key=to_pick]", run: "click" },
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        { content: "as many as it said", trigger: ".o_list_view:not(:has(.o_data_row:nth-child(3)))" },
        { trigger: ".o_back_button, .breadcrumb-item a:contains(Overview)", run: "click" },
        { trigger: ".o_oms_reason_row[data-reason=total_differs]", run: "click" },
        { trigger: ".o_kanban_view .o_kanban_record:contains(100-3), .o_kanban_view .o_kanban_record:contains(says)" },
    ],
});

tours.add("oms_overview_new", {
    steps: () => [
        { trigger: ".o_oms_box_new:contains(Connect the first channel)" },
        { trigger: ".o_oms_overview:not(:has(.o_oms_kpis)) .o_oms_steps_list li[data-key=shipped]" },
        { trigger: ".o_oms_welcome .btn-primary:contains(Add a channel)", run: "click" },
        { trigger: ".o_oms_add, .o_view_nocontent" },
    ],
});
