import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { evaluateBooleanExpr } from "@web/core/py_js/py";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { TICK_MS, useClock } from "../core/clock";
import { formatAgo, formatDuration, formatMoment } from "../core/duration";

const { DateTime } = luxon;

/** "4 min ago" or "in 2 min", with the clock time on hover. */
export class AgoField extends Component {
    static template = "oms_core.AgoField";
    static props = {
        ...standardFieldProps,
        short: { type: Boolean, optional: true },
        due: { type: Boolean, optional: true },
    };

    setup() {
        this.clock = useClock();
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        if (this.props.short) {
            return formatDuration(this.clock.now.toMillis() - this.value.toMillis());
        }
        const ahead = this.value.toMillis() - this.clock.now.toMillis();
        if (!this.props.due && ahead > 0 && ahead < TICK_MS) {
            return formatAgo(this.clock.now, this.clock.now); // it happened since the clock's last tick
        }
        // What is due and has not begun is not in the past: it is next.
        return this.props.due && this.value < this.clock.now ? _t("now") : formatAgo(this.value, this.clock.now);
    }

    get title() {
        return this.value.toLocaleString(DateTime.DATETIME_MED);
    }
}

registry.category("fields").add("oms_ago", {
    component: AgoField,
    displayName: _t("Time ago"),
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({ short: Boolean(options.short), due: Boolean(options.due) }),
});

// Amber is for what will turn red by itself: the last fifth of the time there was.
const AMBER_SHARE = 0.8;
const AMBER_WITHOUT_START_MS = 4 * 3600 * 1000;

/** Time left, then the clock time. Amber near the end, red when late, quiet when it no longer matters. */
export class CountdownField extends Component {
    static template = "oms_core.CountdownField";
    static props = {
        ...standardFieldProps,
        since: { type: String, optional: true },
        stop: { type: String, optional: true },
        bar: { type: Boolean, optional: true },
        inline: { type: Boolean, optional: true },
    };

    setup() {
        this.clock = useClock();
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isStopped() {
        const { record, stop } = this.props;
        return Boolean(stop) && evaluateBooleanExpr(stop, record.evalContextWithVirtualIds);
    }

    get left() {
        return this.value.toMillis() - this.clock.now.toMillis();
    }

    /** Share of the time that is used, from 0 to 1, or null when the start is not known. */
    get used() {
        const start = this.props.since && this.props.record.data[this.props.since];
        const whole = start ? this.value.toMillis() - start.toMillis() : 0;
        return whole > 0 ? Math.min(1, Math.max(0, 1 - this.left / whole)) : null;
    }

    get tone() {
        if (this.isStopped) {
            return "quiet";
        }
        if (this.left < 0) {
            return "bad";
        }
        const isNear = this.used === null ? this.left < AMBER_WITHOUT_START_MS : this.used >= AMBER_SHARE;
        return isNear ? "warn" : "plain";
    }

    get text() {
        return this.left < 0 ? _t("%s late", formatDuration(this.left)) : formatDuration(this.left);
    }

    get moment() {
        return formatMoment(this.value, this.clock.now);
    }
}

registry.category("fields").add("oms_countdown", {
    component: CountdownField,
    displayName: _t("Time left"),
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({
        since: options.since,
        stop: options.stop,
        bar: Boolean(options.bar),
        inline: Boolean(options.inline),
    }),
    fieldDependencies: ({ options }) => (options.since ? [{ name: options.since, type: "datetime" }] : []),
});
