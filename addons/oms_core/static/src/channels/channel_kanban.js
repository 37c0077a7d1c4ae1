import { onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";

import { KindTiles, useMissingKind } from "../setup/kind_tiles";

/** The cards of the channels, and below them one tile per kind of channel that can be added. */
export class ChannelKanbanRenderer extends KanbanRenderer {
    static template = "oms_core.ChannelKanbanRenderer";
    static components = { ...KanbanRenderer.components, KindTiles };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        this.openMissing = useMissingKind();
        this.kinds = useState({ all: [] });
        onWillStart(async () => {
            this.kinds.all = await this.orm.call("oms.channel", "get_channel_kinds", []);
        });
    }

    addChannel(kind) {
        if (!kind.kind || !kind.can_open) {
            return this.openMissing(kind);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "oms.channel",
            views: [[false, "form"]],
            context: { default_channel_type: kind.kind, default_name: kind.name },
        });
    }
}
