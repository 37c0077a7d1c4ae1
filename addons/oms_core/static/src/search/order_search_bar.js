import { onWillUnmount } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { SearchBar } from "@web/search/search_bar/search_bar";

import { ChannelTile } from "../fields/channel_badge";
import { FetchOrderDialog } from "../orders/fetch_order";

export const EVERYWHERE = "oms_any";
const LEAST_LENGTH = 3;
const MOST_HITS = 5;
const PAUSE_MS = 150;
// Nobody types a number this fast; a scanner is faster still.
const SCAN_KEY_MS = 35;
const LEAST_SCAN = 4;

let nextHitId = 1;

/** Whether this can be the number of an order. */
function isNumber(text) {
    return text.length >= LEAST_LENGTH && /\d/.test(text) && !/[\s@]/.test(text);
}

/** The search bar of the order list: what is typed is looked up at once, and a whole number goes to its order. */
export class OrderSearchBar extends SearchBar {
    static template = "oms_core.OrderSearchBar";
    static components = { ...SearchBar.components, ChannelTile };

    setup() {
        super.setup();
        this.action = useService("action");
        this.isClerk = false;
        user.hasGroup("oms_core.group_oms_clerk").then((isClerk) => (this.isClerk = isClerk));
        this.hits = { query: "", rows: [], isAnswered: false };
        this.typing = { since: 0, keys: 0 };
        this.question = 0;
        useBus(useService("barcode").bus, "barcode_scanned", ({ detail }) => this.scan(detail.barcode));
        onWillUnmount(() => this.askSoon("")); // an answer that comes later is nobody's
    }

    // === ASKING ===

    onSearchInput(ev) {
        const query = ev.target.value.trim();
        const now = Date.now();
        // Pasted text is no scan: it comes all at once.
        const isKey = query.length <= this.state.query.trim().length + 1;
        this.typing = query.length <= 1 || !isKey ? { since: now, keys: 1 } : { ...this.typing, keys: this.typing.keys + 1 };
        this.typing.last = now;
        super.onSearchInput(ev);
        this.askSoon(query);
    }

    get everywhereItem() {
        return this.env.searchModel.getSearchItems((item) => item.fieldName === EVERYWHERE)[0];
    }

    askSoon(query) {
        browser.clearTimeout(this.timer);
        this.question++;
        this.answer = null;
        // Whoever may not search everywhere has no such item.
        if (query.length >= LEAST_LENGTH && this.everywhereItem) {
            const question = this.question;
            this.timer = browser.setTimeout(() => this.ask(query, question), PAUSE_MS);
        }
    }

    /** Ask the server once per question; whoever needs the answer earlier than the pause asks here, too. */
    ask(query, question = this.question) {
        browser.clearTimeout(this.timer);
        if (!this.answer) {
            this.answer = this.lookUp(query);
            this.answer.then((rows) => this.show(query, question, rows));
        }
        return this.answer;
    }

    async lookUp(query) {
        try {
            return await this.orm.silent.call("sale.order", "oms_search", [], { term: query, limit: MOST_HITS });
        } catch {
            return []; // the list can still be filtered
        }
    }

    async show(query, question, rows) {
        if (question !== this.question || query !== this.state.query.trim()) {
            return; // more was typed since
        }
        this.hits = { query, rows, isAnswered: true };
        await this.computeState();
        this.markLikeliest();
    }

    // === SHOWING ===

    get foundLines() {
        return this.items.filter((item) => item.isHit || item.isFetch);
    }

    get everywhereLines() {
        return this.items.filter((item) => item.isEverywhere);
    }

    get otherLines() {
        return this.items.filter((item) => !item.isHit && !item.isFetch && !item.isEverywhere);
    }

    async computeState(options = {}) {
        await super.computeState(options);
        const query = this.state.query.trim();
        for (const item of this.items) {
            item.isEverywhere = this.getSearchItem(item.searchItemId)?.fieldName === EVERYWHERE;
        }
        if (query && this.hits.isAnswered && this.hits.query === query) {
            this.items.unshift(...this.hitItems(query));
        }
    }

    hitItems(query) {
        const items = this.hits.rows.map((row) => ({
            id: `oms_hit_${nextHitId++}`,
            isHit: true,
            row,
            before: row.text.slice(0, row.start),
            after: row.text.slice(row.start + row.match.length),
        }));
        if (!items.length && this.isClerk && isNumber(query)) {
            items.push({ id: `oms_hit_${nextHitId++}`, isFetch: true, label: query });
        }
        return items;
    }

    /** Mark the exact hit, or else the search everywhere. The lines are drawn by the overlay a little later. */
    markLikeliest(tries = 10) {
        const likeliest = this.items.find((item) => item.isHit && item.row.is_exact) || this.items.find((item) => item.isEverywhere);
        const line = likeliest && this.menuRef.el?.querySelector(`[id="${likeliest.id}"]`);
        if (!line) {
            if (tries && likeliest) {
                browser.requestAnimationFrame(() => this.markLikeliest(tries - 1));
            }
            return;
        }
        this.navigator?.update();
        this.navigator?.items.find((item) => item.el === line)?.setActive();
    }

    // === TAKING ===

    /** Whether the letters in the box came from a scanner. */
    get isScan() {
        const { since, keys, last } = this.typing;
        return keys >= LEAST_SCAN && (last - since) / (keys - 1) <= SCAN_KEY_MS;
    }

    async selectItem(item, ev) {
        if (item.isHit) {
            return this.open(item.row.id);
        }
        if (item.isFetch) {
            return this.fetch(item.label);
        }
        const query = this.inputRef.el.value.trim();
        const isByKey = ev && !ev.detail; // a key clicks without a button
        const isPending = query.length >= LEAST_LENGTH && !(this.hits.isAnswered && this.hits.query === query);
        if (item.isEverywhere && isByKey && isPending) {
            return this.goTo(query, this.isScan);
        }
        return super.selectItem(item);
    }

    /** A scanner was used while nothing was being typed. */
    scan(barcode) {
        if (this.everywhereItem) {
            return this.goTo(barcode, true);
        }
    }

    /** Open the order of a number, or filter by it. A scanner cannot choose: it opens the only order of its number. */
    async goTo(query, isScan) {
        const answer = this.answer || this.lookUp(query);
        this.question++;
        const exact = (await answer).filter((row) => row.is_exact);
        if (exact.length === 1 || (exact.length && !isScan)) {
            return this.open(exact[0].id);
        }
        this.env.searchModel.addAutoCompletionValues(this.everywhereItem.id, { label: query, operator: "ilike", value: query });
        this.leave();
    }

    open(id) {
        this.leave();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async fetch(number) {
        this.leave();
        this.dialogService.add(FetchOrderDialog, { number });
    }

    leave() {
        this.askSoon("");
        this.hits = { query: "", rows: [], isAnswered: false };
        this.inputDropdownState.close();
        this.resetState({ focus: !hasTouch() });
    }
}
