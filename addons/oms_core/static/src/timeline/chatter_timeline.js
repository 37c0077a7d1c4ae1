import { Chatter } from "@mail/chatter/web_portal/chatter";
import { patch } from "@web/core/utils/patch";

import { Timeline } from "./timeline";

Object.assign(Chatter.components, { Timeline });

/** Beside an order, its timeline comes first and the messages are one click away. */
patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        this.state.isTimelineShown = true;
    },

    get hasTimeline() {
        const { record, threadModel, threadId } = this.props;
        // The problem count is in the view of those only who may read an order's events.
        const isAllowed = record && "oms_exception_count" in record.activeFields;
        return threadModel === "sale.order" && Boolean(threadId && isAllowed);
    },

    get messageCount() {
        return this.state.thread.messages.length;
    },
});
