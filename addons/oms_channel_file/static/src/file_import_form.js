import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const WAIT_MS = 2000;

/** An upload whose orders are being imported is read again until all of them have a result. */
export class FileImportFormController extends FormController {
    setup() {
        super.setup();
        let timer;
        const refresh = async () => {
            const { root } = this.model;
            if (root.data.waiting_count && !root.dirty && document.visibilityState === "visible") {
                await root.load();
            }
        };
        onMounted(() => {
            timer = browser.setInterval(refresh, WAIT_MS);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }
}

registry.category("views").add("oms_file_import_form", { ...formView, Controller: FileImportFormController });
