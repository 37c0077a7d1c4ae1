import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Put text into the box as a scanner does: key by key, without a pause, and Enter at once. */
function scan(text) {
    const box = document.querySelector(".o_searchview_input");
    box.focus();
    for (let length = 1; length <= text.length; length++) {
        box.value = text.slice(0, length);
        box.dispatchEvent(new InputEvent("input", { bubbles: true, data: text[length - 1] }));
    }
}

tours.add("oms_search_go_to", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(S04871)" },
        { trigger: ".o_searchview_input", run: "edit 4871" },
        {
            content: "the whole number comes first, marked, with the part that was typed in bold",
            trigger: ".o_oms_hit:first.focus:contains(S04871):contains(order number) mark:contains(4871)",
        },
        {
            content: "part of another number is named",
            trigger: ".o_oms_hit:contains(Memory order) mark:contains(4871)",
        },
        { trigger: ".o_oms_everywhere:not(.focus)" },
        { trigger: ".o_searchview_input", run: "press Enter" },
        { trigger: ".o_form_view .o_field_widget[name=name]:contains(S04871)" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(S04871)" },
        { trigger: ".o_searchview_input", run: "edit buyer" },
        { content: "a name is no number: filtering is marked", trigger: ".o_oms_everywhere.focus" },
        { trigger: ".o_oms_hit:contains(buyer) mark:contains(Buyer)" },
        { trigger: ".o_searchview_input", run: "press Enter" },
        { trigger: ".o_searchview_facet:contains(Everywhere):contains(buyer)" },
        { content: "everywhere is in no tab", trigger: ".o_oms_tabs_bar:not(:has(.o_oms_tab_on))" },
        { trigger: ".o_list_view .o_data_row:contains(S04871)" },
        { trigger: ".o_searchview_input", run: "edit 999-888" },
        {
            content: "what is not here may be on a channel",
            trigger: ".o_oms_hit:contains(Fetch 999-888 from a channel)",
            run: "click",
        },
        { trigger: ".modal #oms_fetch_number:value(999-888)" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("oms_search_scan", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(S04871)",
            run: () => scan("003404341122"),
        },
        { trigger: ".o_searchview_input:value(003404341122)", run: "press Enter" },
        { content: "a scan opens the order", trigger: ".o_form_view .o_field_widget[name=name]:contains(S04871)" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        {
            content: "what is on many orders filters them",
            trigger: ".o_list_view .o_data_row:contains(S04871)",
            run: () => scan("4006381333931"),
        },
        { trigger: ".o_searchview_input:value(4006381333931)", run: "press Enter" },
        { trigger: ".o_searchview_facet:contains(Everywhere):contains(4006381333931)" },
    ],
});

tours.add("oms_order_tabs", {
    steps: () => [
        { trigger: ".o_oms_tab_on:contains(All open) .o_oms_tab_count:contains(3)" },
        { trigger: ".o_pager_limit:contains(3)" },
        { content: "a person must act", trigger: "[data-tab=attention] .o_oms_tab_red:contains(2)" },
        { content: "late is quiet while nothing is", trigger: "[data-tab=late] .o_oms_tab_none:contains(0)" },
        { trigger: "[data-tab=attention]", run: "click" },
        { trigger: ".o_oms_tab_on:contains(Needs attention)" },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(100-1))) .o_data_row:contains(100-2)" },
        { trigger: "[data-tab=all_open]", run: "click" },
        { trigger: ".o_data_row:contains(100-1)" },
        { trigger: ".o_searchview_input", run: "edit 100-1" },
        { trigger: ".o_oms_everywhere", run: "click" },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(100-2))) .o_data_row:contains(100-1)" },
        { trigger: ".o_oms_tab_add", run: "click" },
        { trigger: ".modal #oms_tab_name", run: "edit The first" },
        { trigger: ".modal input[type=checkbox]", run: "click" },
        { trigger: ".modal .btn-primary:enabled", run: "click" },
        { trigger: ".o_oms_tab_on:contains(The first) .o_oms_tab_count:contains(1)" },
        { content: "what was searched for is in the tab now", trigger: ".o_searchview:not(:has(.o_searchview_facet))" },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(100-2))) .o_data_row:contains(100-1)" },
        { trigger: "[data-tab=held]", run: "click" },
        { trigger: ".o_oms_tab_on:contains(On hold)" },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(100-1)))" },
        { content: "the tab stays where the view is changed", trigger: ".o_switch_view.o_kanban", run: "click" },
        { trigger: ".o_kanban_view" },
        { trigger: ".o_oms_tab_on:contains(On hold)" },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot_view" },
        { trigger: ".o_oms_tab_on:contains(On hold)" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { content: "and where an order was opened", trigger: ".o_data_row:contains(100-2) td[name=name]", run: "click" },
        { trigger: ".o_form_view:not(:has(.o_oms_tabs_bar))" },
        { trigger: ".breadcrumb-item a, .o_back_button", run: "click" },
        { trigger: ".o_list_view" },
        { trigger: ".o_oms_tab_on:contains(On hold)" },
        { trigger: ".o_list_table:not(:has(.o_data_row:contains(100-1))) .o_data_row:contains(100-2)" },
        { trigger: ".o_oms_tab_button:contains(The first)", run: "click" },
        { trigger: ".o_oms_tab_on:contains(The first) .o_oms_tab_remove", run: "click" },
        { trigger: ".modal:contains(for everybody) .btn-primary", run: "click" },
        { trigger: ".o_oms_tabs_bar:not(:contains(The first)):not(:has(.o_oms_tab_on))" },
    ],
});
