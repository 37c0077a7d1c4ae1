import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

const LOOK_MS = 1500;
const GIVE_UP_MS = 90000;

/**
 * The answer of "Test connection". The test runs in a job, so the form is read again until the answer is there.
 *
 * A form with changes that are not saved is left alone.
 */
export class CheckMessageField extends CharField {
    setup() {
        super.setup();
        let waitedMs = 0;
        let timer;
        onMounted(() => {
            timer = browser.setInterval(async () => {
                const { record } = this.props;
                const isWaiting = record.data.check_message && !record.data.check_state;
                waitedMs = isWaiting ? waitedMs + LOOK_MS : 0;
                if (isWaiting && waitedMs < GIVE_UP_MS && !(await record.isDirty())) {
                    await record.load();
                }
            }, LOOK_MS);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }
}

registry.category("fields").add("oms_check_message", { ...charField, component: CheckMessageField });
