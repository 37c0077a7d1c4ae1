import { Domain } from "@web/core/domain";
import { SearchModel } from "@web/search/search_model";

import { EVERYWHERE } from "../search/order_search_bar";

/**
 * The search of the order list with the tab that is chosen. The tab narrows the list beside what is searched for; it is
 * no facet, so it stays when facets are taken away.
 */
export class OrderSearchModel extends SearchModel {
    setup(services) {
        super.setup(...arguments);
        this.tabCounts = services.tabCounts || this.env.services.oms_tab_counts;
        this.omsTab = null;
    }

    async load(config) {
        if (config.state) {
            this.omsTab = config.state.omsTab || null;
        } else if (config.context?.oms_tab) {
            const tabs = await this.tabCounts.getTabs();
            this.omsTab = tabs.find((tab) => tab.key === config.context.oms_tab) || null;
        }
        return super.load(config);
    }

    exportState() {
        return { ...super.exportState(), omsTab: this.omsTab };
    }

    /** Show the orders of a tab, or of none: all of them. */
    selectTab(tab) {
        this.omsTab = tab;
        this._notify();
    }

    addAutoCompletionValues(searchItemId, value) {
        if (this.searchItems[searchItemId]?.fieldName === EVERYWHERE) {
            this.omsTab = null; // everywhere is not only among the open ones
        }
        return super.addAutoCompletionValues(...arguments);
    }

    _getDomain(params = {}) {
        const domain = Domain.and([super._getDomain({ ...params, raw: true }), this.omsTab?.domain || []]);
        return params.raw ? domain : domain.toList(this.domainEvalContext);
    }

    /** Counting all orders there ever were takes long and tells nothing: counts are for what was narrowed down. */
    async _fetchFilters(filters) {
        const isNarrow = Boolean(this.omsTab || this.query.length);
        return super._fetchFilters(
            filters.map((filter) => ({ ...filter, enableCounters: filter.enableCounters && isNarrow }))
        );
    }
}
