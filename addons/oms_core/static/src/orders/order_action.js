import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

import { useReloadWhile } from "../core/polling";

/** The window of an action on many orders: while a job works on them it shows how far it is. */
class OrderActionController extends FormController {
    setup() {
        super.setup();
        useReloadWhile(
            () => this.model.root,
            () => this.model.root.data.state === "running"
        );
    }
}

registry.category("views").add("oms_order_action", { ...formView, Controller: OrderActionController });
