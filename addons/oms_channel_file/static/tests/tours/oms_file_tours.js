import { registry } from "@web/core/registry";

const HEADINGS = "Order number;Name;Street;City;Country;SKU;Quantity;Unit price";
const ROWS = [
    "T-1;Ann Buyer;1 Main Street;Kendal;GB;SOCK;2;9.90",
    "T-2;Ben Buyer;2 Main Street;Kendal;GB;SOCK;two;9.90",
];

registry.category("web_tour.tours").add("oms_file_upload", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view a:contains(workbook)" },
        {
            content: "choose a file",
            trigger: ".o_field_widget[name=upload] input[type=file]:not(:visible)",
            async run({ anchor }) {
                const files = new DataTransfer();
                files.items.add(new File([[HEADINGS, ...ROWS].join("\n")], "fair.csv", { type: "text/csv" }));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { trigger: ".o_field_widget[name=upload] .fa-pencil" },
        { trigger: "button[name=action_check].btn-primary", run: "click" },
        { content: "what would be imported", trigger: ".o_data_row:contains(T-1):contains(New):contains(19.80)" },
        { content: "what would not, and why", trigger: ".o_data_row:contains(T-2):contains(Row 3, Quantity)" },
        { trigger: ".o_oms_note_warn:contains(with errors are left out)" },
        { trigger: "button[name=action_import]", run: "click" },
        { trigger: ".o_data_row:contains(T-1):contains(Being imported)" },
        { trigger: ".o_data_row:contains(T-2):contains(Not imported)" },
        { trigger: "button[name=action_view_orders]" },
    ],
});
