import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Asks for the candidates of all rows that are drawn together in one call. */
export const candidatesService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        let waiting = null;
        return {
            /** @returns {Promise<Object[]>} what `get_candidates` tells of this listing */
            async read(resId) {
                if (!waiting) {
                    const ids = new Set();
                    const answer = Promise.resolve().then(() => {
                        waiting = null;
                        return orm.silent.call("oms.listing", "get_candidates", [[...ids]]);
                    });
                    waiting = { ids, answer };
                }
                waiting.ids.add(resId);
                return (await waiting.answer)[resId] || [];
            },
        };
    },
};

registry.category("services").add("oms_candidates", candidatesService);

/** The product a listing likely is, why, and one click to link it. The others are one click further. */
export class Match extends Component {
    static template = "oms_core.Match";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.source = useService("oms_candidates");
        this.notification = useService("notification");
        this.state = useState({ candidates: null, isLinking: false });
        onWillStart(() => this.start(this.props.record));
        onWillUpdateProps(({ record }) => this.start(record));
    }

    /** Drawing does not wait for the candidates. */
    start(record) {
        const key = record.data.product_id ? null : record.resId;
        if (key === this.readId) {
            return;
        }
        this.readId = key;
        this.state.candidates = null;
        if (key) {
            this.source.read(key).then((candidates) => {
                if (this.readId === key) {
                    this.state.candidates = candidates;
                }
            });
        }
    }

    get isLinked() {
        return Boolean(this.props.record.data.product_id);
    }

    get best() {
        return this.state.candidates[0];
    }

    get others() {
        return this.state.candidates.slice(1);
    }

    async link(candidate) {
        const { record } = this.props;
        this.state.isLinking = true;
        try {
            await this.orm.call("oms.listing", "link_product", [[record.resId]], { product_id: candidate.id });
        } finally {
            this.state.isLinking = false;
        }
        this.notification.add(_t("Linked to %s. Orders that waited for it go on.", candidate.name), { type: "success" });
        await record.model.root.load();
    }
}

registry.category("view_widgets").add("oms_match", {
    component: Match,
    fieldDependencies: [{ name: "product_id", type: "many2one" }],
});
