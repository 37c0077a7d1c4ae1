import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useClock } from "../core/clock";
import { formatDuration, formatMoment } from "../core/duration";
import { ChannelTile } from "../fields/channel_badge";

const { DateTime } = luxon;
const fixes = registry.category("oms_fix");
const AMBER_MS = 4 * 3600 * 1000;

/** One problem: what is so, the fix in place, who looks after it, what happened, what was said to the channel. */
export class ProblemCard extends Component {
    static template = "oms_core.ProblemCard";
    static components = { ChannelTile, Dropdown, DropdownItem };
    static props = {
        resId: Number,
        // after anything was done; the view beside it then reads its records again
        onDone: { type: Function, optional: true },
        // shown again whenever this changes
        stamp: { type: Number, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.clock = useClock();
        this.state = useState({ problem: null, exchange: null, assignees: [], isBusy: false });
        onWillStart(() => this.load(this.props.resId));
        onWillUpdateProps((next) => {
            if (next.resId !== this.props.resId || next.stamp !== this.props.stamp) {
                return this.load(next.resId);
            }
        });
    }

    async load(resId) {
        if (resId !== this.state.problem?.id) {
            this.state.exchange = null;
        }
        this.state.problem = await this.orm.call("oms.exception", "get_panel", [[resId]]);
    }

    get Fix() {
        const { problem } = this.state;
        return problem.fix ? fixes.get(problem.reason, null) : null;
    }

    /** The fix in place has the one primary button, unless it only shows facts. */
    get hasPrimaryFix() {
        return Boolean(this.Fix && !this.Fix.isFactsOnly);
    }

    get sinceText() {
        return formatDuration(this.clock.now.toMillis() - deserializeDateTime(this.state.problem.opened_at).toMillis(), {
            isCoarse: true,
        });
    }

    get shipBy() {
        const { problem } = this.state;
        if (!problem.ship_by_at || !problem.stops || problem.state !== "open") {
            return null;
        }
        const at = deserializeDateTime(problem.ship_by_at);
        const left = at.toMillis() - this.clock.now.toMillis();
        const moment = formatMoment(at, this.clock.now);
        const duration = formatDuration(left);
        return {
            tone: left < 0 ? "o_oms_bad" : left < AMBER_MS ? "o_oms_warn" : "",
            text: left < 0 ? _t("%(moment)s, %(duration)s late", { moment, duration }) : _t("%(moment)s, %(duration)s left", { moment, duration }),
        };
    }

    get happened() {
        return this.state.problem.happened.map((row) => {
            const at = deserializeDateTime(row.at);
            const isToday = at.hasSame(this.clock.now, "day");
            return {
                ...row,
                time: isToday ? at.toLocaleString(DateTime.TIME_24_WITH_SECONDS) : at.toLocaleString({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
                full: at.toLocaleString(DateTime.DATETIME_MED_WITH_SECONDS),
            };
        });
    }

    get closingText() {
        const { closing, state } = this.state.problem;
        const moment = formatMoment(deserializeDateTime(closing.at), this.clock.now);
        if (state === "ignored") {
            return _t("Ignored by %(by)s, %(moment)s: %(why)s", { by: closing.by || _t("the system"), moment, why: closing.why });
        }
        return closing.by ? _t("Solved by %(by)s, %(moment)s.", { by: closing.by, moment }) : _t("Closed itself, %s.", moment);
    }

    // --- doing

    async press(button) {
        if (button.confirm) {
            this.dialog.add(ConfirmationDialog, {
                title: button.label,
                body: button.confirm,
                confirmLabel: button.label,
                confirm: () => this.run(button.method),
                cancel: () => {},
            });
            return;
        }
        await this.run(button.method);
    }

    /**
     * Call a method of the problem; what it opens is opened, else the problem is read again.
     *
     * @param {string} method
     * @param {Object} [kwargs]
     */
    async run(method, kwargs = {}) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        let answer;
        try {
            answer = await this.orm.call("oms.exception", method, [[this.state.problem.id]], kwargs);
        } finally {
            this.state.isBusy = false;
        }
        if (answer?.type?.startsWith("ir.actions")) {
            await this.action.doAction(answer, { onClose: () => this.done() });
            return;
        }
        if (method.startsWith("action_retry")) {
            this.notification.add(_t("Tried again. It closes by itself once that works."), { type: "success" });
        }
        await this.done();
    }

    async done() {
        await this.load(this.props.resId);
        await this.props.onDone?.();
    }

    async retry() {
        const { buttons } = this.state.problem;
        const button = buttons.find((row) => row.method === "action_retry");
        if (button) {
            await this.press(button);
        }
    }

    openOrder() {
        return this.run("action_open_order");
    }

    openAlike() {
        return this.run("action_view_alike");
    }

    async loadAssignees() {
        if (!this.state.assignees.length) {
            this.state.assignees = await this.orm.call("oms.exception", "get_assignees", []);
        }
    }

    assign(userId) {
        return this.run("assign", { user_id: userId });
    }

    async loadExchange(ev) {
        if (ev.target.open && !this.state.exchange) {
            this.state.exchange = await this.orm.call("oms.exception", "get_exchange", [[this.state.problem.id]]);
        }
    }
}

/** The same card on the problem's own page. */
export class ProblemWidget extends Component {
    static template = "oms_core.ProblemWidget";
    static components = { ProblemCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ stamp: 0 });
        useRecordObserver((record) => record.data && this.state.stamp++);
    }

    reload() {
        return this.props.record.load();
    }
}

registry.category("view_widgets").add("oms_problem", { component: ProblemWidget });
