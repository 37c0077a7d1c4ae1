import { registry } from "@web/core/registry";

const FRESH_MS = 30000;

/**
 * The tabs above the list of orders, read once for all who show them. Counts are kept for half a minute: the list
 * reads itself again as often.
 */
export const tabCountsService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        let tabs = null;
        let counted = { at: 0, tabs: null };
        return {
            /** The tabs without counts, which no list has to wait long for. */
            async getTabs() {
                tabs ||= counted.tabs || (await orm.call("sale.order", "get_tabs", []));
                return tabs;
            },
            /** The tabs with their counts. */
            async getCounts({ isFresh = false } = {}) {
                if (isFresh || !counted.tabs || Date.now() - counted.at > FRESH_MS) {
                    const at = Date.now();
                    counted = { at, tabs: await orm.silent.call("sale.order", "get_tab_counts", []) };
                    tabs = counted.tabs;
                }
                return counted.tabs;
            },
        };
    },
};

registry.category("services").add("oms_tab_counts", tabCountsService);
