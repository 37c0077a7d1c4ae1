import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("oms_hold_and_release", {
    steps: () => [
        { trigger: ".o_data_row:contains(100-1) [name=name]", run: "click" },
        { trigger: ".o_oms_strip [name=oms_stock_state]:contains(Reserved)" },
        { trigger: "button[name=action_oms_hold]", run: "click" },
        { trigger: ".modal [name=reason]" },
        { trigger: ".modal [name=note] input", run: "edit calls back on Monday" },
        { trigger: ".modal footer button:contains(Put on hold)", run: "click" },
        { trigger: ".o_oms_hold:contains(calls back on Monday):contains(Its stock stays reserved)" },
        { trigger: ".o_oms_event_title:contains(Put on hold)" },
        { trigger: "button[name=action_oms_release]", run: "click" },
        { trigger: ".o_form_view:not(:has(.o_oms_hold))" },
        { trigger: ".o_oms_event_title:contains(Hold ended)" },
    ],
});

tours.add("oms_hold_many", {
    steps: () => [
        { trigger: ".o_data_row:contains(100-1)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains(Put on hold…)", run: "click" },
        { trigger: ".modal [name=order_count]:contains(2)" },
        { trigger: ".modal footer button:contains(Put on hold)", run: "click" },
        { content: "one was held before", trigger: ".modal [name=done_count]:contains(1)" },
        { trigger: ".modal [name=left_row_ids] .o_data_row:contains(It is held for this reason already)" },
        { trigger: ".modal footer button:contains(Take it back)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("oms_write_note", {
    steps: () => [
        { trigger: ".o_data_row:contains(100-1) [name=name]", run: "click" },
        { trigger: ".o_oms_timeline textarea", run: "edit Put the label on two sides" },
        { trigger: ".o_oms_timeline button:contains(Packer)", run: "click" },
        { trigger: ".o_oms_timeline button:contains(Packer)[aria-pressed=true]" },
        { trigger: ".o_oms_timeline input[type=checkbox]", run: "click" },
        { trigger: ".o_oms_note_add", run: "click" },
        { trigger: ".o_oms_event:contains(Put the label on two sides), .o_oms_notes:contains(Put the label on two sides)" },
    ],
});

tours.add("oms_send_from_elsewhere", {
    steps: () => [
        { trigger: ".o_kanban_record .o_oms_problem_text", run: "click" },
        { trigger: ".o_oms_send_from:contains(Lyon)", run: "click" },
        { trigger: "body:not(:has(.o_oms_send_from))" },
    ],
});
