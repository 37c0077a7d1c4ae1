import { Component } from "@odoo/owl";

import { boxProps, OverviewBox } from "./box";

/** The first steps of a shop: what is done has a tick, what is left opens where it is done. */
export class StartBox extends Component {
    static template = "oms_core.StartBox";
    static components = { OverviewBox };
    static props = { ...boxProps, isNew: { type: Boolean, optional: true } };

    get doneCount() {
        return this.props.data.rows.filter((row) => row.is_done).length;
    }
}
