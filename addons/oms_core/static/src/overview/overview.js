import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { useClock } from "../core/clock";
import { ChannelsBox } from "./channels_box";
import { FiguresBox } from "./figures_box";
import { ProblemsBox } from "./problems_box";
import { StartBox } from "./start_box";
import { StockoutsBox } from "./stockouts_box";
import { WarehousesBox } from "./warehouses_box";

const { DateTime } = luxon;
const REFRESH_MS = 60000;
const SLOW_MS = 300;
const BOXES = ["figures", "channels", "problems", "warehouses", "stockouts", "start"];

/** The first page: what needs whom now. Every number opens the list it counts. */
export class Overview extends Component {
    static template = "oms_core.Overview";
    static components = { ChannelsBox, FiguresBox, ProblemsBox, StartBox, StockoutsBox, WarehousesBox };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.clock = useClock();
        this.state = useState({ boxes: {}, now: null, tz: "", isSlow: false, isReading: false });
        let timer;
        const onVisible = () => document.visibilityState === "visible" && this.isStale && this.read();
        onWillStart(() => {
            // Not awaited: the page stands at once, its boxes follow.
            this.read();
        });
        onMounted(() => {
            timer = browser.setInterval(() => document.visibilityState === "visible" && this.read(), REFRESH_MS);
            document.addEventListener("visibilitychange", onVisible);
        });
        onWillUnmount(() => {
            browser.clearInterval(timer);
            document.removeEventListener("visibilitychange", onVisible);
            this.isGone = true;
        });
    }

    get isStale() {
        return Date.now() - this.readAt > REFRESH_MS;
    }

    get hasRead() {
        return Boolean(this.state.now);
    }

    /** Without a channel there is nothing to count: the first steps stand instead of the boxes. */
    get isNew() {
        const { start } = this.state.boxes;
        return Boolean(start && !start.error && !start.has_channel);
    }

    get isStartShown() {
        const { start } = this.state.boxes;
        return Boolean(start && (start.error || start.rows.some((row) => !row.is_done)));
    }

    get updatedText() {
        const time = deserializeDateTime(this.state.now).toLocaleString(DateTime.TIME_24_WITH_SECONDS);
        return _t("Updated %(time)s · times in %(tz)s", { time, tz: this.state.tz });
    }

    /**
     * Read all boxes, or one again that failed. What is on screen stays until the answer is there.
     *
     * @param {string[]} [boxes]
     */
    async read(boxes = BOXES) {
        if (this.state.isReading) {
            return;
        }
        this.state.isReading = true;
        this.readAt = Date.now();
        const slow = browser.setTimeout(() => (this.state.isSlow = true), SLOW_MS);
        try {
            const answer = await this.orm.silent.call("oms.overview", "get_overview", [], { boxes });
            if (!this.isGone) {
                Object.assign(this.state.boxes, answer.boxes);
                Object.assign(this.state, { now: answer.now, tz: answer.tz });
            }
        } finally {
            browser.clearTimeout(slow);
            Object.assign(this.state, { isReading: false, isSlow: false });
        }
    }

    /**
     * Open the list a number counts, by the same domain.
     *
     * @param {{ action: string, domain?: Array, name?: string }} target
     */
    async open(target) {
        const action = await this.action.loadAction(target.action);
        const context = target.context || {};
        await this.action.doAction(target.domain ? { ...action, name: target.name || action.name, domain: target.domain, context } : action);
    }
}

registry.category("actions").add("oms_overview", Overview);
