import { Component, onMounted, useRef, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const FRAMES = 60; // how long a page may take to be drawn

/**
 * Shows the page of a form's notebook that an action asked for, and the field to begin with:
 * the action says so in its context, as `oms_part: { page, field }`. Draws nothing itself.
 */
export class OpenPart extends Component {
    static template = xml`<span t-ref="root" class="d-none"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        const root = useRef("root");
        onMounted(() => {
            const part = this.props.record.context.oms_part;
            if (part) {
                this.show(root.el.closest(".o_form_renderer"), part);
            }
        });
    }

    /** A page the reader may not see is left out, and then so is the field. */
    async show(form, { page, field }) {
        form.querySelector(`.o_notebook_headers .nav-link[name="${page}"]`)?.click();
        for (let frame = 0; field && frame < FRAMES; frame++) {
            await new Promise((resolve) => requestAnimationFrame(resolve));
            const place = form.querySelector(`.o_notebook_content .o_field_widget[name="${field}"]`);
            if (place) {
                place.scrollIntoView({ block: "center" });
                place.querySelector("input, textarea, button")?.focus();
                return;
            }
        }
    }
}

registry.category("view_widgets").add("oms_open_part", { component: OpenPart });
