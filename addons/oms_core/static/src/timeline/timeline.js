import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { downloadFile } from "@web/core/network/download";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

import { NoteEntry } from "../notes/note_entry";

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
    address_edited: "fa-pencil",
    line_added: "fa-plus",
    line_removed: "fa-minus",
    payment_authorised: "fa-credit-card",
    payment_captured: "fa-credit-card",
    payment_refunded: "fa-credit-card",
    payment_voided: "fa-credit-card",
    hold_ended: "fa-play",
    unreserved: "fa-unlock",
    pick_line: "fa-shopping-basket",
    pick_short: "fa-shopping-basket",
    packed: "fa-archive",
    label_bought: "fa-barcode",
    tracking_set: "fa-barcode",
    invoice_posted: "fa-file-text-o",
    credit_note_posted: "fa-file-text-o",
    refund_told: "fa-reply",
    refund_reported: "fa-reply",
    return_reported: "fa-undo",
    cancellation_told: "fa-bullhorn",
    invoice_told: "fa-bullhorn",
    message_out: "fa-envelope-o",
    message_in: "fa-envelope",
    note: "fa-sticky-note-o",
    note_changed: "fa-sticky-note-o",
    note_confirmed: "fa-check-square-o",
    note_withdrawn: "fa-sticky-note-o",
};

// Kinds whose sentence says it all.
const PLAIN = ["payment_reported", "confirmed", "reserved", "tagged", "untagged", "shipment_told", "cancelled"];

// What stops the order or may stop it.
const STOPPING = ["held", "shipment_refused", "exception_opened", "pick_short"];

/** What happened to an order: who, when, what. Newest first, by day, 50 at a time. */
export class Timeline extends Component {
    static template = "oms_core.Timeline";
    static props = { record: Object };
    static components = { NoteEntry };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ events: [], counts: {}, group: "", hasMore: false });
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
        const counts = this.state.counts;
        return [
            { group: "", label: _t("All"), count: counts.all },
            { group: "people", label: _t("People"), count: counts.people },
            { group: "money", label: _t("Money"), count: counts.money },
            { group: "stock", label: _t("Stock"), count: counts.stock },
            { group: "channel", label: _t("Channel"), count: counts.channel },
            { group: "rules", label: _t("Rules"), count: counts.rules },
        ].filter((filter) => filter.count || !filter.group);
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
        const [events, counts] = await Promise.all([
            this.fetch(resId),
            this.orm.call("sale.order", "count_oms_timeline", [[resId]]),
        ]);
        this.state.counts = counts;
        this.show(events, []);
    }

    fetch(resId, beforeId = null) {
        return this.orm.call("sale.order", "get_oms_timeline", [[resId]], {
            limit: PAGE,
            before_id: beforeId,
            group: this.state.group || null,
        });
    }

    show(events, earlier) {
        this.state.events = [...earlier, ...events];
        this.state.hasMore = events.length === PAGE;
    }

    async filter(group) {
        this.state.group = group;
        this.show(await this.fetch(this.props.record.resId), []);
    }

    /** A note was added here: the form shows it, too. */
    async reload() {
        const { record } = this.props;
        // Reading it again would drop what is being typed there.
        if (await record.isDirty()) {
            await this.load(record.resId);
        } else {
            await record.load();
        }
    }

    async download() {
        const { resId, data } = this.props.record;
        const text = await this.orm.call("sale.order", "export_oms_timeline", [[resId]]);
        downloadFile(new Blob(["\ufeff", text], { type: "text/csv" }), `${data.name || resId}.csv`, "text/csv");
    }

    async more() {
        this.show(await this.fetch(this.props.record.resId, this.state.events.at(-1).id), this.state.events);
    }
}
