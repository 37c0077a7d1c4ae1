import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const LOOK_MS = 1500;
const GIVE_UP_MS = 90000;

/**
 * Read a record again while a job works on something it shows, until that is there or nobody can hope for it any more.
 *
 * A form with changes that are not saved is left alone.
 *
 * @param {() => Object} getRecord
 * @param {() => boolean} isWaiting
 */
export function useReloadWhile(getRecord, isWaiting) {
    let waitedMs = 0;
    let timer;
    onMounted(() => {
        timer = browser.setInterval(async () => {
            waitedMs = isWaiting() ? waitedMs + LOOK_MS : 0;
            if (isWaiting() && waitedMs < GIVE_UP_MS && !(await getRecord().isDirty())) {
                await getRecord().load();
            }
        }, LOOK_MS);
    });
    onWillUnmount(() => browser.clearInterval(timer));
}
