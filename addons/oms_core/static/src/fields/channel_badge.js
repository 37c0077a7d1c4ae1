import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const TONES = 8;

/**
 * One letter on a quiet tile stands for a kind of channel: no logos, and the base knows no channel by name.
 * The same kind always has the same tone; a channel's addon may set its own with .o_oms_tile[data-kind="…"].
 */
export class ChannelTile extends Component {
    static template = "oms_core.ChannelTile";
    static props = { kind: { type: [String, Boolean], optional: true }, isLarge: { type: Boolean, optional: true } };

    get letter() {
        return (this.props.kind || "?")[0].toUpperCase();
    }

    get tone() {
        let sum = 0;
        for (const character of this.props.kind || "") {
            sum = (sum * 31 + character.codePointAt(0)) % 997;
        }
        return sum % TONES;
    }
}

export class ChannelTileField extends Component {
    static template = "oms_core.ChannelTileField";
    static components = { ChannelTile };
    static props = { ...standardFieldProps };
}

registry.category("fields").add("oms_channel_tile", {
    component: ChannelTileField,
    displayName: _t("Channel tile"),
    supportedTypes: ["selection"],
});

/** A channel as its tile, with its name beside it where there is room. */
export class ChannelBadgeField extends Component {
    static template = "oms_core.ChannelBadgeField";
    static components = { ChannelTile };
    static props = { ...standardFieldProps, hasName: { type: Boolean, optional: true } };

    get channel() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("oms_channel_badge", {
    component: ChannelBadgeField,
    displayName: _t("Channel badge"),
    supportedTypes: ["many2one"],
    relatedFields: [{ name: "channel_type", type: "char" }],
    extractProps: ({ options }) => ({ hasName: Boolean(options.name) }),
});
