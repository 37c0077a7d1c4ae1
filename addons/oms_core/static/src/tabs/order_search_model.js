import { Domain } from "@web/core/domain";
import { patch } from "@web/core/utils/patch";
import { SearchModel } from "@web/search/search_model";

import { EVERYWHERE } from "../search/order_search_bar";

/**
 * Where the context names a tab (`oms_tab`), a search has one beside its facets: the tab that is chosen narrows the
 * list, and stays when facets are taken away. All views of an action hand their search on to each other, so the tab has
 * to be known to each of them; in every other action this does nothing.
 */
patch(SearchModel.prototype, {
    async load(config) {
        const first = config.context?.oms_tab;
        if (config.state && "omsTab" in config.state) {
            this.omsTab = config.state.omsTab;
        } else if (first && this.env.config?.viewType !== "form") {
            const tabs = await this.env.services.oms_tab_counts.getTabs();
            this.omsTab = tabs.find((tab) => tab.key === first) || null;
        }
        return super.load(...arguments);
    },

    exportState() {
        const state = super.exportState();
        return this.omsTab === undefined ? state : { ...state, omsTab: this.omsTab };
    },

    /** Show the orders of a tab, or with null of none: all of them. */
    selectTab(tab) {
        this.omsTab = tab;
        this._notify();
    },

    addAutoCompletionValues(searchItemId) {
        if (this.omsTab && this.searchItems[searchItemId]?.fieldName === EVERYWHERE) {
            this.omsTab = null; // everywhere is not only among the open ones
        }
        return super.addAutoCompletionValues(...arguments);
    },

    _getDomain(params = {}) {
        if (!this.omsTab) {
            return super._getDomain(...arguments);
        }
        const domain = Domain.and([super._getDomain({ ...params, raw: true }), this.omsTab.domain]);
        return params.raw ? domain : domain.toList(this.domainEvalContext);
    },

    /** Counting all orders there ever were takes long and tells nothing: counts are for what was narrowed down. */
    async _fetchFilters(filters) {
        const isWide = this.omsTab === null && !this.query.length;
        return super._fetchFilters(isWide ? filters.map((filter) => ({ ...filter, enableCounters: false })) : filters);
    },
});
