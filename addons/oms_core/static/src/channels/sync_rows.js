import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { useClock } from "../core/clock";
import { formatAgo } from "../core/duration";

const { DateTime } = luxon;

// The list each number counts.
const LISTS = {
    orders: "action_view_unread",
    stock: "action_view_stale",
    shipments: "action_view_unsent",
    cancellations: "action_view_unsent",
    refunds: "action_view_unsent",
    returns: "action_view_returns",
    listings: "action_view_unlinked",
    held: "action_view_held",
};
const ENTITY_LABELS = {
    orders: _t("Orders"),
    stock: _t("Stock"),
    shipments: _t("Shipments"),
    cancellations: _t("Cancellations"),
    refunds: _t("Refunds"),
    returns: _t("Returns"),
    listings: _t("Listings"),
    held: _t("Held there"),
};

/** How each part of a channel goes: a dot with its word, the last success, what waits. */
export class SyncRowsField extends Component {
    static template = "oms_core.SyncRowsField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useClock();
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
    }

    async syncNow(row) {
        const { record } = this.props;
        await this.orm.call(record.resModel, "action_sync_entity", [[record.resId], row.entity]);
        this.notification.add(_t("Queued: %s", row.label), { type: "success" });
        await record.load();
    }

    async open(entity) {
        const { resModel, resId } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, LISTS[entity], [[resId]]));
    }

    get rows() {
        const { record, name } = this.props;
        return record.data[name].records.map((row) => this.prepareRow(row.data));
    }

    prepareRow(data) {
        const tone = this.toneOf(data);
        return {
            entity: data.entity,
            label: ENTITY_LABELS[data.entity],
            tone,
            word: { ok: _t("In sync"), slow: _t("Slow"), failing: _t("Needs you"), wait: _t("Not yet"), off: _t("Off") }[tone],
            last: data.last_ok_at ? formatAgo(DateTime.min(data.last_ok_at, this.clock.now), this.clock.now) : "",
            title: data.last_ok_at ? data.last_ok_at.toLocaleString(DateTime.DATETIME_MED) : "",
            next: this.nextOf(data, tone),
            message: data.message || "",
            canSync: data.can_sync && tone !== "failing",
            syncTitle: _t("Look at this now: %s", ENTITY_LABELS[data.entity]),
            count: data.waiting_count,
            waiting: this.waitingOf(data, tone),
        };
    }

    nextOf(data, tone) {
        if (!data.next_at || !["ok", "wait"].includes(tone)) {
            return "";
        }
        return data.next_at < this.clock.now ? _t("next now") : _t("next %s", formatAgo(data.next_at, this.clock.now));
    }

    toneOf(data) {
        const channel = this.props.record.data;
        const isOff =
            !["live", "signed_out"].includes(channel.state) ||
            (data.entity === "stock" && !channel.is_stock_pushed) ||
            (data.entity === "shipments" && !channel.is_shipment_pushed);
        if (isOff) {
            return "off";
        }
        if (channel.state === "signed_out") {
            return "failing";
        }
        return data.health === "off" ? "wait" : data.health;
    }

    waitingOf(data, tone) {
        if (data.entity === "stock" && tone === "off") {
            return ""; // quantities that nobody wants sent do not wait
        }
        if (data.entity === "listings") {
            return data.waiting_count ? _t("%s not linked", data.waiting_count) : "";
        }
        if (tone === "failing" && this.props.record.data.state === "signed_out") {
            return data.entity === "orders" ? _t("stopped") : _t("%s kept", data.waiting_count);
        }
        if (tone === "slow" && data.next_at && data.next_at > this.clock.now) {
            return _t("next %s", formatAgo(data.next_at, this.clock.now));
        }
        return tone === "off" && !data.waiting_count ? "" : _t("%s waiting", data.waiting_count);
    }
}

registry.category("fields").add("oms_sync_rows", {
    component: SyncRowsField,
    displayName: _t("Synchronisation rows"),
    supportedTypes: ["one2many"],
    relatedFields: [
        { name: "entity", type: "selection", selection: [] },
        { name: "health", type: "selection", selection: [] },
        { name: "last_ok_at", type: "datetime" },
        { name: "next_at", type: "datetime" },
        { name: "waiting_count", type: "integer" },
        { name: "can_sync", type: "boolean" },
        { name: "message", type: "char" },
    ],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "is_stock_pushed", type: "boolean" },
        { name: "is_shipment_pushed", type: "boolean" },
    ],
});
