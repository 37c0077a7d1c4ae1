import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { ChannelTile } from "../fields/channel_badge";

/** One tile per kind of channel. `onChoose` gets what `get_channel_kinds` tells of it. */
export class KindTiles extends Component {
    static template = "oms_core.KindTiles";
    static components = { ChannelTile };
    static props = {
        kinds: Array,
        onChoose: Function,
        chosen: { type: [String, Boolean], optional: true },
        isReadonly: { type: Boolean, optional: true },
    };
}

/** Open what a tile stands for where it cannot be connected at once: its addon in Apps, or the word who can. */
export function useMissingKind() {
    const action = useService("action");
    const notification = useService("notification");
    return (kind) => {
        if (!kind.can_open) {
            const who = kind.kind ? _t("an order desk manager to connect it") : _t("an administrator to install it");
            notification.add(_t("%(kind)s: ask %(who)s.", { kind: kind.name, who }), { type: "info" });
        } else {
            action.doAction({
                type: "ir.actions.act_window",
                res_model: "ir.module.module",
                res_id: kind.module_id,
                views: [[false, "form"]],
            });
        }
    };
}

/** Choosing the kind of a new channel. A channel keeps its kind once it is stored. */
export class KindTilesField extends Component {
    static template = "oms_core.KindTilesField";
    static components = { KindTiles };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.openMissing = useMissingKind();
        this.state = useState({ kinds: [] });
        onWillStart(async () => {
            this.state.kinds = await this.orm.call("oms.channel", "get_channel_kinds", []);
        });
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isSettled() {
        return this.props.readonly || Boolean(this.props.record.resId);
    }

    get kinds() {
        return this.isSettled ? this.state.kinds.filter((kind) => kind.kind === this.value) : this.state.kinds;
    }

    choose(kind) {
        if (this.isSettled) {
            return;
        }
        if (kind.kind && kind.can_open) {
            this.props.record.update({ [this.props.name]: kind.kind });
        } else {
            this.openMissing(kind);
        }
    }
}

registry.category("fields").add("oms_kind_tiles", {
    component: KindTilesField,
    displayName: _t("Kinds of channels"),
    supportedTypes: ["selection"],
});
