import { Component, useExternalListener, useState, useSubEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { KanbanRecord } from "@web/views/kanban/kanban_record";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { useAutoRefresh } from "../core/auto_refresh";
import { ProblemCard } from "./problem_card";

const REFRESH_MS = 30000;
const TYPING = "input, textarea, select, [contenteditable=true]";

/** The problem beside the list it stands in, with the way to the next one. */
export class ProblemPanel extends Component {
    static template = "oms_core.ProblemPanel";
    static components = { ProblemCard };
    static props = { resId: Number, position: String, onDone: Function, onStep: Function, onClose: Function };
}

/**
 * Let a view open its records in the panel beside it: by click or Enter; J and K go on and back, Escape closes it.
 *
 * @template {typeof KanbanController | typeof ListController} T
 * @param {T} Controller
 * @returns {T}
 */
function withPanel(Controller) {
    return class extends Controller {
        static components = { ...Controller.components, ProblemPanel };

        setup() {
            super.setup();
            this.panel = useState({ resId: false, index: 0 });
            useSubEnv({ omsPanel: this.panel });
            useAutoRefresh(() => this.model, REFRESH_MS);
            useExternalListener(window, "keydown", (ev) => this.onPanelKey(ev));
        }

        get className() {
            return `${super.className || this.props.className || ""} ${this.panel.resId ? "o_oms_with_panel" : ""}`;
        }

        get panelIds() {
            return this.model.root.records.map((record) => record.resId);
        }

        /** "3 of 12"; what was solved and left the list has no place in it any more. */
        get panelPosition() {
            const place = this.panelIds.indexOf(this.panel.resId) + 1;
            return place ? _t("%(place)s of %(count)s", { place, count: this.panelIds.length }) : _t("%s left", this.panelIds.length);
        }

        async openRecord(record, options = {}) {
            if (options?.newWindow) {
                return super.openRecord(...arguments);
            }
            this.showInPanel(record.resId);
        }

        showInPanel(resId) {
            this.panel.resId = resId;
            this.panel.index = Math.max(this.panelIds.indexOf(resId), 0);
        }

        stepPanel(step) {
            const ids = this.panelIds;
            const place = ids.indexOf(this.panel.resId);
            // The one that took the place of a solved one is the next.
            const next = place >= 0 ? place + step : this.panel.index + Math.min(step, 0);
            if (ids.length) {
                this.showInPanel(ids[Math.min(Math.max(next, 0), ids.length - 1)]);
            }
        }

        closePanel() {
            this.panel.resId = false;
        }

        async afterPanel() {
            await this.model.root.load();
        }

        onPanelKey(ev) {
            const isOurs = this.panel.resId && !ev.ctrlKey && !ev.metaKey && !ev.altKey && !document.querySelector(".modal");
            if (!isOurs || ev.target.closest?.(TYPING) || document.querySelector(".o-dropdown--menu")) {
                return;
            }
            const steps = { j: 1, k: -1 };
            if (ev.key in steps) {
                ev.preventDefault();
                this.stepPanel(steps[ev.key]);
            } else if (ev.key === "Escape") {
                this.closePanel();
            }
        }
    };
}

class ProblemKanbanRecord extends KanbanRecord {
    setup() {
        super.setup();
        this.panel = useState(this.env.omsPanel);
    }

    getRecordClasses() {
        const isOpen = this.panel.resId === this.props.record.resId;
        return `${super.getRecordClasses()} ${isOpen ? "o_oms_selected" : ""}`;
    }
}

class ProblemKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, KanbanRecord: ProblemKanbanRecord };
}

class ProblemListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.panel = useState(this.env.omsPanel);
    }

    getRowClass(record) {
        return `${super.getRowClass(record)} ${this.panel.resId === record.resId ? "o_oms_selected" : ""}`;
    }
}

class ProblemKanbanController extends withPanel(KanbanController) {
    static template = "oms_core.ProblemKanbanView";
}

class ProblemListController extends withPanel(ListController) {
    static template = "oms_core.ProblemListView";
}

const views = registry.category("views");
views.add("oms_problem_kanban", { ...kanbanView, Controller: ProblemKanbanController, Renderer: ProblemKanbanRenderer });
views.add("oms_problem_list", { ...listView, Controller: ProblemListController, Renderer: ProblemListRenderer });
