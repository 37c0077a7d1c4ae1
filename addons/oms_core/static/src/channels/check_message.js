import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

import { useReloadWhile } from "../core/polling";

/** The answer of "Test connection". The test runs in a job, so the form is read again until the answer is there. */
export class CheckMessageField extends CharField {
    setup() {
        super.setup();
        useReloadWhile(
            () => this.props.record,
            () => this.props.record.data.check_message && !this.props.record.data.check_state
        );
    }
}

registry.category("fields").add("oms_check_message", { ...charField, component: CheckMessageField });
