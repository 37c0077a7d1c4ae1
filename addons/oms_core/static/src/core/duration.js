import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/**
 * A length of time in the fewest words: "20 s", "4 min", "2 h 10", "3 d 21 h".
 *
 * @param {number} ms
 * @param {{ isCoarse?: boolean }} [options] isCoarse leaves the hours away after a day: what is past needs no precision
 * @returns {string}
 */
export function formatDuration(ms, { isCoarse = false } = {}) {
    const seconds = Math.round(Math.abs(ms) / 1000);
    if (seconds < 60) {
        return _t("%s s", seconds);
    }
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    const hours = Math.floor(minutes / 60);
    if (hours < 24) {
        return _t("%(hours)s h %(minutes)s", { hours, minutes: String(minutes % 60).padStart(2, "0") });
    }
    const days = Math.floor(hours / 24);
    return days < 7 && !isCoarse ? _t("%(days)s d %(hours)s h", { days, hours: hours % 24 }) : _t("%s d", days);
}

/**
 * @param {luxon.DateTime} value
 * @param {luxon.DateTime} now
 * @returns {string} "4 min ago", "in 2 min", "now"
 */
export function formatAgo(value, now) {
    const ms = value.toMillis() - now.toMillis();
    if (Math.abs(ms) < 5000) {
        return _t("just now");
    }
    return ms < 0 ? _t("%s ago", formatDuration(ms, { isCoarse: true })) : _t("in %s", formatDuration(ms));
}

/**
 * The clock time that goes with a countdown: the time alone today, the day with it on other days.
 *
 * @param {luxon.DateTime} value
 * @param {luxon.DateTime} now
 */
export function formatMoment(value, now) {
    const time = value.toLocaleString(DateTime.TIME_SIMPLE);
    if (value.hasSame(now, "day")) {
        return _t("today %s", time);
    }
    const format = { weekday: "short", day: "numeric", month: "short" };
    if (!value.hasSame(now, "year")) {
        format.year = "numeric";
    }
    return `${value.toLocaleString(format)}, ${time}`;
}
