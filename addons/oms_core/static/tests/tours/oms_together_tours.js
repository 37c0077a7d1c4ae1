import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("oms_split", {
    steps: () => [
        { content: "an order goes apart", trigger: "button[name=action_oms_split]", run: "click" },
        { trigger: ".modal .o_data_row:first [name=quantity]", run: "click" },
        { trigger: ".modal .o_selected_row [name=quantity] input", run: "edit 1" },
        { trigger: ".modal button[name=action_split]", run: "click" },
        { content: "the second order opens", trigger: ".o_form_view [name=order_line] .o_data_row [name=product_uom_qty]:contains(1.00)" },
        { trigger: "button[name=action_view_oms_splits]" },
    ],
});

tours.add("oms_merge", {
    steps: () => [
        { content: "another order goes there", trigger: ".o_oms_note:contains(go to this address) button[name=action_oms_merge]", run: "click" },
        { trigger: ".modal .o_data_row:contains(100-2)" },
        { trigger: ".modal button[name=action_merge]", run: "click" },
        { trigger: ".o_oms_note:contains(In one parcel with it)" },
        { content: "and apart again", trigger: "button[name=action_oms_unmerge]", run: "click" },
        { trigger: ".o_oms_note:contains(go to this address)" },
    ],
});

tours.add("oms_resend", {
    steps: () => [
        { trigger: "button[name=action_oms_resend]", run: "click" },
        { trigger: ".modal [name=reason] input", run: "edit Arrived broken" },
        { trigger: ".modal .o_data_row:first [name=quantity]", run: "click" },
        { trigger: ".modal .o_selected_row [name=quantity] input", run: "edit 1" },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { content: "why and for what", trigger: ".o_oms_note:contains(In place of):contains(Arrived broken)" },
    ],
});
