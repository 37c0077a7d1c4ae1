import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("oms_channel_cards", {
    steps: () => [
        {
            content: "the card of a live channel says how each part goes",
            trigger: ".o_kanban_record:contains(Memory):not(:contains(Second)) .o_oms_row:contains(Orders)",
        },
        {
            content: "a red card has one way out, and it is not Sync now",
            trigger: ".o_oms_card_red:contains(signed us out):not(:contains(Sync now)) .btn-primary:contains(Sign in again)",
        },
        {
            trigger: ".o_kanban_record:not(:contains(Second)) button[name=action_sync_now]",
            run: "click",
        },
        { trigger: ".o_notification:contains(Queued)" },
        {
            trigger: ".o_oms_card_red .btn-primary:contains(Sign in again)",
            run: "click",
        },
        { trigger: ".o_form_view .o_oms_note_bad:contains(Enter the credentials again)" },
        { trigger: ".o_statusbar_buttons button[name=action_sign_in_again].btn-primary" },
    ],
});

tours.add("oms_link_sku", {
    steps: () => [
        { trigger: ".o_menu_sections .o_oms_count:contains(2)" },
        {
            trigger: ".o_kanban_group:contains(SKU not linked) .o_kanban_record:contains(FW-MER-M-GR):first",
            run: "click",
        },
        { content: "it opens beside the queue", trigger: ".o_kanban_view .o_oms_panel .o_oms_fix_title:contains(Title FW-MER-M-GR)" },
        { trigger: ".o_kanban_record.o_oms_selected" },
        {
            content: "nothing is chosen for you",
            trigger: "button.o_oms_link:disabled:contains(Link and retry 2 orders)",
        },
        {
            trigger: ".o_oms_fix_option:contains(Merino socks M, grey)",
            run: "click",
        },
        {
            trigger: "button.o_oms_link:enabled",
            run: "click",
        },
        { trigger: ".o_oms_panel .o_oms_problem_closed:contains(Solved by)" },
        { content: "the cards left the column", trigger: ".o_kanban_view:not(:has(.o_kanban_record:not(.o_kanban_ghost):contains(FW-MER-M-GR)))" },
        { content: "the menu follows", trigger: ".o_menu_sections:not(:has(.o_oms_count))" },
        {
            trigger: ".o_oms_problem_where button",
            run: "click",
        },
        { trigger: ".o_oms_event_person:contains(Linked to a product)" },
        { trigger: ".o_oms_event_title:contains(Order confirmed)" },
    ],
});

tours.add("oms_problem_panel", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(says $)", run: "click" },
        { trigger: ".o_oms_panel .o_oms_panel_bar:contains(1 of 2)" },
        { content: "both sides, line by line", trigger: ".o_oms_compared tfoot:contains($)" },
        { content: "J goes on", trigger: "body", run: "press j" },
        { trigger: ".o_oms_panel .o_oms_panel_bar:contains(2 of 2)" },
        { content: "K goes back", trigger: "body", run: "press k" },
        { trigger: ".o_oms_panel .o_oms_panel_bar:contains(1 of 2)" },
        { trigger: ".o_oms_panel .o_oms_assign", run: "click" },
        { trigger: ".o_oms_assignee:contains(full_manager), .o_oms_assignee:contains(desk_manager)", run: "click" },
        { trigger: ".o_oms_panel .o_oms_assign:contains(desk_manager)" },
        { trigger: ".o_oms_happened:contains(For desk_manager)" },
        { trigger: ".o_oms_exchange summary", run: "click" },
        { trigger: ".o_oms_exchange pre:contains(100-1):not(:contains(Ann Buyer))" },
        { trigger: ".o_oms_round:contains(Accept with a rounding line)", run: "click" },
        { trigger: ".o_oms_panel .o_oms_problem_closed" },
        { content: "Escape closes it", trigger: "body", run: "press Escape" },
        { trigger: ".o_kanban_view:not(:has(.o_oms_panel))" },
        { content: "the list opens the same panel", trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row:first td[name=summary]", run: "click" },
        { trigger: ".o_list_view .o_oms_panel .o_oms_address .o_oms_missing" },
        { trigger: ".o_oms_panel .o_oms_address input[name=street]", run: "edit 1 Main Street" },
        { trigger: ".o_oms_panel .o_oms_address input[name=city]", run: "edit Seattle" },
        { trigger: ".o_oms_panel .o_oms_address .o-autocomplete--input", run: "edit United States" },
        { trigger: ".o-autocomplete--dropdown-item:contains(United States):first", run: "click" },
        { trigger: ".o_oms_panel .o_oms_address button[type=submit]", run: "click" },
        { trigger: ".o_oms_panel .o_oms_problem_closed" },
    ],
});

tours.add("oms_order_timeline", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(100-1):contains(May not leave) td[name=name]",
            run: "click",
        },
        { trigger: ".o_form_view .o_oms_note_warn:contains(May not leave)" },
        { trigger: ".o_oms_total_check:contains(differs: the channel says)" },
        { trigger: ".o_oms_event_person .o_oms_event_title:contains(Tagged Repeat)" },
        { trigger: ".o_oms_event_warn:contains(Put on hold)" },
        {
            trigger: ".o_oms_pill:contains(Channel)",
            run: "click",
        },
        { trigger: ".o_oms_timeline:not(:has(.o_oms_event_person)) .o_oms_event_channel:contains(Imported)" },
        {
            trigger: ".o_oms_tabs button:contains(Messages)",
            run: "click",
        },
        { trigger: ".o-mail-Chatter-logNote:visible" },
        {
            trigger: ".o_statusbar_buttons button:contains(Solve the problem)",
            run: "click",
        },
        {
            trigger: ".o_oms_problem_form .o_oms_problem button[name=action_ask_ignore]",
            run: "click",
        },
        {
            trigger: ".modal [name=reason] input",
            run: "edit The buyer was told",
        },
        {
            trigger: ".modal button[name=action_ignore]",
            run: "click",
        },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Ignored)" },
    ],
});

tours.add("oms_link_listing", {
    steps: () => [
        {
            trigger: ".o_data_row:first:contains(FW-MER-M-GR) td[name=product_id] .o_oms_axis_warn",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=product_id] input",
            run: "edit Merino",
        },
        {
            trigger: ".dropdown-item:contains(Merino socks M, grey)",
            run: "click",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        { trigger: ".o_list_view:not(:has(.o_selected_row)) td[name=product_id]:contains(Merino socks M, grey)" },
    ],
});

tours.add("oms_tag_many", {
    steps: () => [
        { trigger: ".o_data_row:contains(100-1)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains(Tags…)", run: "click" },
        { trigger: ".modal [name=order_count]:contains(2)" },
        { trigger: ".modal [name=add_ids] input", run: "edit Rush" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Rush)", run: "click" },
        { trigger: ".modal [name=add_ids] .o_tag:contains(Rush)" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "one had it before", trigger: ".modal [name=done_count]:contains(1)" },
        { trigger: ".modal [name=left_row_ids] .o_data_row:contains(It was so already)" },
        { trigger: ".modal footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_data_row:contains(100-1) [name=oms_tag_ids] .o_tag:contains(Rush)" },
    ],
});
