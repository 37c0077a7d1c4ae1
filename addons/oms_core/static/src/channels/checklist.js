import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What is left to do after going live; each line opens where it is done. */
export class ChecklistField extends Component {
    static template = "oms_core.ChecklistField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        user.hasGroup("oms_core.group_oms_manager").then((isManager) => {
            this.isManager = isManager;
            this.render();
        });
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(row) {
        const { record } = this.props;
        this.action.doAction(await this.orm.call(record.resModel, row.action, [[record.resId]]));
    }

    async close() {
        const { record } = this.props;
        await this.orm.call(record.resModel, "action_close_checklist", [[record.resId]]);
        await record.load();
    }
}

registry.category("fields").add("oms_checklist", {
    component: ChecklistField,
    displayName: _t("Checklist"),
    supportedTypes: ["json"],
});
