import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const NEXT = "button[name=action_setup_next]";

/** Go on from one step of the set-up and wait for the next. */
function goOn(step) {
    return [
        { trigger: `${NEXT}:contains(Save and continue)`, run: "click" },
        { trigger: `.o_oms_step_now:contains(${step})` },
    ];
}

tours.add("oms_setup", {
    steps: () => [
        { trigger: ".o_oms_add .o_oms_kind:contains(Full)", run: "click" },
        { content: "nothing but the name is asked for at first", trigger: ".o_oms_step_now:contains(Account)" },
        { trigger: ".o_oms_kind.o_oms_chosen:contains(Full)" },
        { trigger: "[name=name] input", run: "edit Second shop" },
        ...goOn("Credentials"),
        { content: "a step that lacks something is not left", trigger: NEXT, run: "click" },
        { trigger: ".o_field_invalid[name=full_secret]" },
        { trigger: "[name=full_secret] input", run: "edit s3cret" },
        { trigger: ".o_oms_setup_columns button[name=action_check]", run: "click" },
        { content: "the answer comes by itself", trigger: ".o_oms_panel_head:contains(Connected as Memory)" },
        { trigger: ".o_oms_panel .o_data_row:contains(Orders) .o_oms_axis_done:contains(Yes)" },
        { trigger: ".o_oms_panel .o_data_row:contains(tick it there) .o_oms_axis_bad:contains(Missing)" },
        { trigger: ".o_oms_note_warn:contains(You can go on)" },
        ...goOn("Company"),
        { content: "a step that is done opens again", trigger: ".o_oms_step_done:contains(Credentials) button", run: "click" },
        { trigger: ".o_oms_step_now:contains(Credentials)" },
        ...goOn("Company"),
        { trigger: "[name=warehouse_ids] input", run: "click" },
        { trigger: ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):not(:has(.fa-spin)):first", run: "click" },
        { trigger: "[name=warehouse_ids] .o_tag" },
        ...goOn("Taxes"),
        { content: "what the last orders name is proposed", trigger: "[name=delivery_ids] .o_data_row:contains(DHL express 12:00):contains(DHL Express)" },
        ...goOn("Listings"),
        { trigger: ".o_oms_facts:contains(50 %)" },
        { trigger: ".o_data_row:contains(FW-MER) .o_oms_match:contains(Merino socks M, grey):contains(name alike) button:contains(Link)", run: "click" },
        { trigger: ".o_oms_facts:contains(100 %)" },
        ...goOn("Policies"),
        { content: "stock is not sent unless somebody says so", trigger: "[name=is_stock_pushed] input:not(:checked)" },
        ...goOn("Preview"),
        { trigger: ".o_oms_preview_row:contains(100-1):contains(Equal)" },
        { trigger: ".o_oms_preview_row:contains(100-2):contains(Would be held)" },
        { trigger: ".o_oms_preview_row:contains(100-3):contains(Cannot be read)" },
        {
            content: "what goes on and still needs somebody leads to where it is mended",
            trigger: ".o_oms_preview_row:contains(100-4):contains(Goes on, needs you) button:contains(Set the tax for United States)",
            run: "click",
        },
        { trigger: ".o_oms_step_now:contains(Taxes)" },
        ...goOn("Listings"),
        ...goOn("Policies"),
        ...goOn("Preview"),
        { trigger: ".o_oms_preview_row:contains(100-2) button", run: "click" },
        { trigger: ".o_oms_preview_lines:contains(NEVER-SEEN):contains(Not linked)" },
        { trigger: ".o_oms_switches [name=is_stock_pushed] input:not(:checked)" },
        { trigger: ".o_oms_setup_foot button[name=action_go_live]", run: "click" },
        { content: "the same form, as the settings of a live channel", trigger: ".o_statusbar_status .o_arrow_button_current:contains(Live)" },
        { trigger: ".o_notebook_headers .nav-link:contains(Credentials)" },
        { trigger: ".o_field_widget[name=full_secret]" },
        { trigger: ".o_back_button, .breadcrumb-item a:contains(Channels)", run: "click" },
        { trigger: ".o_kanban_record:contains(Second shop) .o_oms_checklist a:contains(Link listings: 1 left)" },
        { trigger: ".o_kanban_record:contains(Second shop) .o_oms_checklist button:contains(Not wanted)", run: "click" },
        { trigger: ".o_kanban_record:contains(Second shop):not(:has(.o_oms_checklist))" },
    ],
});

/** Press a link of a card's list of what is left, see where it leads, and come back. */
function seePart(text, page, field) {
    return [
        { trigger: `.o_oms_checklist a:contains(${text})`, run: "click" },
        { trigger: `.o_notebook_headers .nav-link.active[name=${page}]` },
        {
            content: "the field it names has the cursor",
            trigger: `.o_notebook_content [name=${field}]`,
            async run({ waitFor }) {
                await waitFor(`.o_notebook_content [name=${field}] :focus`);
            },
        },
        { trigger: ".breadcrumb-item a:contains(Channels), .o_back_button", run: "click" },
        { trigger: ".o_kanban_view" },
    ];
}

tours.add("oms_checklist_parts", {
    steps: () => [
        ...seePart("Stock on the channel kept true", "policies", "is_stock_pushed"),
        ...seePart("Somebody gets a mail", "policies", "alert_user_ids"),
        ...seePart("Webhook address", "policies", "webhook_url"),
        { trigger: ".o_oms_checklist a:contains(Link listings)", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(NEVER-SEEN)" },
    ],
});

tours.add("oms_tax_problem", {
    steps: () => [
        { trigger: "button[name=action_open_place]:contains(Open the channel)", run: "click" },
        { trigger: ".o_notebook_headers .nav-link.active[name=taxes]" },
    ],
});

tours.add("oms_sync_one_part", {
    steps: () => [
        { content: "what is only told cannot be looked at", trigger: ".o_oms_row:contains(Shipments):not(:has(.o_oms_row_sync))" },
        { trigger: ".o_oms_row:contains(Returns) .o_oms_row_sync", run: "click" },
        { trigger: ".o_notification:contains(Queued: Returns)" },
        { trigger: ".o_oms_row_ok:contains(Returns):contains(just now)" },
    ],
});

tours.add("oms_fetch_by_number", {
    steps: () => [
        { trigger: ".o_searchview_input", run: "edit 171-1234567" },
        { trigger: ".o_searchview_autocomplete .dropdown-item:first", run: "click" },
        { trigger: ".o_oms_fetch button:contains(Only Full)", run: "click" },
        { trigger: ".o_notification:contains(Asked)" },
        { trigger: ".o_oms_fetch:contains(Asked for 171-1234567)" },
    ],
});

tours.add("oms_fetch_from_menu", {
    steps: () => [
        { content: "orders are listed, only not the one that is wanted", trigger: ".o_data_row:contains(171-1234567-01)" },
        { trigger: ".o_searchview_input", run: "edit 171-1234567" },
        { trigger: ".o_searchview_autocomplete .dropdown-item:first", run: "click" },
        { trigger: ".o_searchview_facet:contains(171-1234567)" },
        { trigger: ".o_data_row:contains(171-1234567-01)" },
        { trigger: ".o_cp_action_menus button", run: "click" },
        { trigger: ".o_oms_fetch_menu", run: "click" },
        { content: "what was searched for is there already", trigger: "#oms_fetch_number:value(171-1234567)" },
        { trigger: "#oms_fetch_number", run: "clear" },
        { trigger: ".modal .o_oms_fetch_buttons button:disabled" },
        { trigger: "#oms_fetch_number", run: "edit 171-1234567" },
        { trigger: ".modal .o_oms_fetch_buttons button:enabled:contains(Only Full)", run: "click" },
        { trigger: ".o_notification:contains(Asked)" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("oms_match_listings", {
    steps: () => [
        {
            content: "what is not linked comes first, with what it likely is and why",
            trigger: ".o_data_row:contains(X-2) .o_oms_match:contains(Merino socks M, grey):contains(name alike, 99 %)",
        },
        { trigger: ".o_data_row:contains(X-2) .o_oms_match button:contains(Link)", run: "click" },
        { trigger: ".o_data_row:contains(X-2):not(:has(.o_oms_match)) td[name=product_id]:contains(Merino)" },
        { trigger: ".o_control_panel button[name=action_link_sure]", run: "click" },
        { trigger: ".o_notification:contains(1 linked by equal SKU or barcode, 0 left)" },
        { trigger: ".o_data_row:contains(ST-GAS):not(:has(.o_oms_match)) td[name=product_id]:contains(Gas stove)" },
    ],
});

tours.add("oms_waterfall", {
    steps: () => [
        { trigger: ".o_oms_waterfall h3:contains(Why is it 11?)" },
        { trigger: ".o_oms_waterfall_total text:contains(24)" },
        { trigger: ".o_oms_waterfall_change text:contains(−2)" },
        { trigger: ".o_oms_waterfall_shown text:contains(11)" },
        { content: "the same numbers for those who hear the page", trigger: ".o_oms_waterfall table.visually-hidden caption:contains(Why is it 11?)" },
        { trigger: "#oms_try", run: "edit 12" },
        { trigger: ".o_oms_tried:contains(5)" },
        { trigger: "[name=has_own_rule] input", run: "click" },
        { trigger: "[name=stock_most] input", run: "edit 4" },
        { trigger: ".o_form_button_save", run: "click" },
        { content: "its own rule counts now", trigger: ".o_oms_waterfall h3:contains(Why is it 4?)" },
        { trigger: ".o_oms_waterfall_side:contains(set on this listing)" },
    ],
});
