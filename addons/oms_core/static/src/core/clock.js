import { reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;

export const TICK_MS = 30000;

/**
 * The server's time, ticking every 30 seconds.
 *
 * Countdowns must not depend on how well the clock of a packing station is set, so the difference to the server
 * is read once, from the Date header of a small static file.
 */
export const clockService = {
    start() {
        const clock = reactive({ now: DateTime.now(), offset: 0 });
        const tick = () => {
            clock.now = DateTime.now().plus(clock.offset);
        };
        const readOffset = async () => {
            const asked = Date.now();
            const answer = await browser.fetch("/web/static/img/favicon.ico", { method: "HEAD", cache: "no-store" });
            const there = Date.parse(answer.headers.get("Date"));
            if (there) {
                const offset = there - (asked + Date.now()) / 2;
                clock.offset = Math.abs(offset) > 5000 ? offset : 0; // the header has whole seconds only
                tick();
            }
        };
        // Without an answer the browser's own clock is used, as everywhere else in the client.
        readOffset().catch(() => {});
        browser.setInterval(tick, TICK_MS);
        return clock;
    },
};

registry.category("services").add("oms_clock", clockService);

/** @returns {{ now: luxon.DateTime }} rendered again at every tick */
export function useClock() {
    return useState(useService("oms_clock"));
}
