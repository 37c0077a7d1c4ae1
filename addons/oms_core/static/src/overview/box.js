import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";

import { formatDuration } from "../core/duration";

/** The frame of a box: its title, what it shows while it is read, and what is so when it could not be worked out. */
export class OverviewBox extends Component {
    static template = "oms_core.OverviewBox";
    static props = {
        data: { type: Object, optional: true },
        className: { type: String, optional: true },
        title: { type: String, optional: true },
        note: { type: String, optional: true },
        link: { type: String, optional: true },
        onLink: { type: Function, optional: true },
        failedTitle: String,
        lines: { type: Number, optional: true },
        read: Function,
        slots: { type: Object, optional: true },
    };

    get isFailed() {
        return Boolean(this.props.data?.error);
    }

    get bars() {
        return [...Array(this.props.lines || 4).keys()];
    }
}

/** What all boxes get: their data (nothing yet, facts, or an error), a way to open lists, a way to be read again. */
export const boxProps = {
    data: { type: Object, optional: true },
    open: Function,
    read: Function,
};

/**
 * @param {string} at a UTC text
 * @param {luxon.DateTime} now
 * @returns {string} "6 min"
 */
export function ageOf(at, now) {
    return formatDuration(Math.max(now.toMillis() - deserializeDateTime(at).toMillis(), 0), { isCoarse: true });
}
