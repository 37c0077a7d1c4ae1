import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

const { DateTime } = luxon;

const PAGE = 50;
const REFRESH_MS = 20000;

const ICONS = {
    imported: "fa-cloud-download",
    updated_from_channel: "fa-refresh",
    change_applied: "fa-refresh",
    change_refused: "fa-hand-paper-o",
    split_off: "fa-code-fork",
    added_to: "fa-code-fork",
    replaced: "fa-clone",
    replaces: "fa-clone",
    unpaid_reserved: "fa-clock-o",
    unpaid_expired: "fa-unlock",
    compared: "fa-balance-scale",
    payment_reported: "fa-credit-card",
    confirmed: "fa-check",
    reserved: "fa-lock",
    held: "fa-pause",
    released: "fa-play",
    linked: "fa-link",
    accepted: "fa-thumbs-o-up",
    tagged: "fa-tag",
    untagged: "fa-tag",
    shipped: "fa-truck",
    shipment_told: "fa-bullhorn",
    shipment_refused: "fa-exclamation",
    cancelled: "fa-ban",
    exception_opened: "fa-exclamation",
    exception_closed: "fa-check-circle-o",
    exception_ignored: "fa-eye-slash",
    edited: "fa-pencil",
};

// Kinds whose sentence says it all.
const PLAIN = ["payment_reported", "confirmed", "reserved", "tagged", "untagged", "shipment_told", "cancelled"];

// What stops the order or may stop it.
const STOPPING = ["held", "shipment_refused", "exception_opened"];

/** What happened to an order: who, when, what. Newest first, by day, 50 at a time. */
export class Timeline extends Component {
    static template = "oms_core.Timeline";
    static props = { record: Object };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ events: [], counts: {}, source: "", hasMore: false });
        // Whatever reads the order again (a button, a save, the pager) may have added events: its data is then new.
        useRecordObserver((record) => record.data && this.load(record.resId));
        // The channel answers a while after the parcel left.
        let timer;
        onMounted(() => {
            timer = browser.setInterval(() => this.refreshFirstPage(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    refreshFirstPage() {
        if (document.visibilityState === "visible" && this.state.events.length <= PAGE) {
            this.load(this.props.record.resId);
        }
    }

    get filters() {
        const all = Object.values(this.state.counts).reduce((sum, count) => sum + count, 0);
        return [
            { source: "", label: _t("All"), count: all },
            { source: "person", label: _t("People"), count: this.state.counts.person },
            { source: "channel", label: _t("Channel"), count: this.state.counts.channel },
            { source: "system", label: _t("System"), count: this.state.counts.system },
        ].filter((filter) => filter.count || !filter.source);
    }

    get days() {
        const days = [];
        for (const event of this.state.events) {
            const at = deserializeDateTime(event.at);
            const key = at.toISODate();
            if (days.at(-1)?.key !== key) {
                days.push({ key, label: this.formatDay(at), events: [] });
            }
            days.at(-1).events.push({
                ...event,
                title: PLAIN.includes(event.kind) ? event.summary : event.title,
                detail: PLAIN.includes(event.kind) ? "" : event.summary,
                time: at.toLocaleString(DateTime.TIME_24_SIMPLE),
                full: at.toLocaleString(DateTime.DATETIME_MED_WITH_SECONDS),
                icon: ICONS[event.kind] || "fa-circle-o",
                tone: STOPPING.includes(event.kind) ? "warn" : event.source,
                who: event.actor || _t("System"),
            });
        }
        return days;
    }

    formatDay(at) {
        const day = at.toLocaleString({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
        if (at.hasSame(DateTime.now(), "day")) {
            return _t("Today, %s", day);
        }
        return at.hasSame(DateTime.now().minus({ days: 1 }), "day") ? _t("Yesterday, %s", day) : day;
    }

    async load(resId) {
        if (!resId) {
            Object.assign(this.state, { events: [], counts: {}, hasMore: false });
            return;
        }
        const [events, groups] = await Promise.all([
            this.fetch(resId),
            this.orm.formattedReadGroup("oms.order.event", [["order_id", "=", resId]], ["source"], ["__count"]),
        ]);
        this.state.counts = Object.fromEntries(groups.map((group) => [group.source, group.__count]));
        this.show(events, []);
    }

    fetch(resId, beforeId = null) {
        return this.orm.call("sale.order", "get_oms_timeline", [[resId]], {
            limit: PAGE,
            before_id: beforeId,
            source: this.state.source || null,
        });
    }

    show(events, earlier) {
        this.state.events = [...earlier, ...events];
        this.state.hasMore = events.length === PAGE;
    }

    async filter(source) {
        this.state.source = source;
        this.show(await this.fetch(this.props.record.resId), []);
    }

    async more() {
        this.show(await this.fetch(this.props.record.resId, this.state.events.at(-1).id), this.state.events);
    }
}
