import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { buildM2OFieldDescription, extractM2OFieldProps, Many2OneField } from "@web/views/fields/many2one/many2one_field";

import { Match } from "../listings/match";

/** The product of a listing: where there is none it says so and offers the likely ones, because that is to be mended. */
export class LinkedProductField extends Component {
    static template = "oms_core.LinkedProductField";
    static components = { Many2OneField, Match };
    static props = { ...Many2OneField.props };

    get isUnlinked() {
        return this.props.readonly && !this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("oms_linked_product", {
    ...buildM2OFieldDescription(LinkedProductField),
    displayName: _t("Linked product"),
    extractProps: (staticInfo, dynamicInfo) => extractM2OFieldProps(staticInfo, dynamicInfo),
});
