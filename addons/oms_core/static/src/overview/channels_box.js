import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { useClock } from "../core/clock";
import { formatAgo } from "../core/duration";
import { ChannelTile } from "../fields/channel_badge";
import { boxProps, OverviewBox } from "./box";

const { DateTime } = luxon;
const WIDTH = 240;
const HEIGHT = 30;

/** 24 hours of orders as a line; a red zone marks since when none could come. */
export class Sparkline extends Component {
    static template = "oms_core.Sparkline";
    static props = { values: Array, tone: String, since: { type: [String, Boolean], optional: true } };

    setup() {
        this.clock = useClock();
        this.width = WIDTH;
        this.height = HEIGHT;
    }

    get points() {
        const { values } = this.props;
        const most = Math.max(...values, 1);
        const step = (WIDTH - 4) / (values.length - 1);
        return values.map((value, index) => [index * step, HEIGHT - 3 - (value / most) * (HEIGHT - 8)]);
    }

    get line() {
        return this.points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
    }

    get area() {
        return `0,${HEIGHT} ${this.line} ${WIDTH - 4},${HEIGHT}`;
    }

    get end() {
        return this.points.at(-1);
    }

    /** Where the silence begins, from the left. */
    get silentFrom() {
        if (!this.props.since || this.props.tone !== "bad") {
            return null;
        }
        const hours = this.clock.now.diff(deserializeDateTime(this.props.since), "hours").hours;
        return Math.max(0, (WIDTH - 4) * (1 - Math.max(hours, 0.4) / 24));
    }

    get title() {
        const sum = this.props.values.reduce((whole, value) => whole + value, 0);
        return _t("%s orders in the last 24 hours", sum);
    }
}

/** One card per channel: the worst that is so, and one way out of it. */
export class ChannelsBox extends Component {
    static template = "oms_core.ChannelsBox";
    static components = { ChannelTile, OverviewBox, Sparkline };
    static props = boxProps;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.clock = useClock();
    }

    lineOf(channel) {
        const time = (at) => deserializeDateTime(at).toLocaleString(DateTime.TIME_24_SIMPLE);
        if (channel.tone === "ok" && channel.last_ok_at) {
            return `${channel.text} · ${formatAgo(DateTime.min(deserializeDateTime(channel.last_ok_at), this.clock.now), this.clock.now)}`;
        }
        if (channel.since) {
            return _t("%(text)s (since %(time)s)", { text: channel.text, time: time(channel.since) });
        }
        return channel.next_at ? _t("%(text)s Next try %(time)s", { text: channel.text, time: time(channel.next_at) }) : channel.text;
    }

    openChannel(channel) {
        const action = { type: "ir.actions.act_window", res_model: "oms.channel", res_id: channel.id, views: [[false, "form"]] };
        return this.action.doAction(action);
    }

    openProblems(channel) {
        const domain = [
            ["channel_id", "=", channel.id],
            ["state", "=", "open"],
        ];
        return this.props.open({ action: "oms_core.oms_exception_action", domain });
    }

    openLog(channel) {
        return this.props.open({ action: "oms_core.oms_inbox_action", domain: [["channel_id", "=", channel.id]] });
    }

    async sync(channel) {
        await this.orm.call("oms.channel", "action_sync_now", [[channel.id]]);
        this.notification.add(_t("Queued. New orders appear in a few seconds."), { type: "success" });
    }
}
