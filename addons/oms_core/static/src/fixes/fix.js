import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";

/** What the fixes in place share: the problem with its facts, a way to call its methods, a way to say that it is done. */
export class Fix extends Component {
    static props = { problem: Object, run: Function, done: Function, isBusy: { type: Boolean, optional: true } };

    get problem() {
        return this.props.problem;
    }

    get facts() {
        return this.props.problem.fix;
    }
}

/**
 * @param {typeof Fix} Component
 * @param {string[]} reasons the codes of the problems it mends
 */
export function addFix(Component, reasons) {
    for (const reason of reasons) {
        registry.category("oms_fix").add(reason, Component);
    }
}
