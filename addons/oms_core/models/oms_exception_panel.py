from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.exchange import mask_document, mask_text, mask_value
from ..lib.reasons import REASONS
from .problem_fixes import FIXES, Fix

# How many events of an order are told beside its problem, and from how long before it was found.
EVENTS, BEFORE = 15, timedelta(minutes=5)
# What names a buyer on the customer of an order.
NAMED_BY = ("name", "email", "phone", "street", "street2", "city", "zip", "company_name", "vat")


class OmsException(models.Model):
    """One read for the side panel: what is so, what can be done, what happened, who looks after it."""

    _inherit = "oms.exception"

    code = fields.Char(compute="_compute_code", search="_search_code", help="Names the kind in filters and exports.")

    @api.depends("reason")
    def _compute_code(self):
        for problem in self:
            problem.code = problem.reason.upper()

    def _search_code(self, operator, value):
        codes = [value] if isinstance(value, str) else list(value)
        if operator not in ("=", "in", "ilike", "like"):
            return NotImplemented
        kinds = [code.lower() for code in codes if code]
        if operator in ("ilike", "like"):
            kinds = [reason for reason in REASONS if any(kind in reason for kind in kinds)]
        return [("reason", "in", kinds)]

    def get_panel(self):
        """Return all the side panel shows of one problem.

        :return: dict with ``id``, ``reason``, ``severity``, ``state``, ``stops``, ``summary``, ``advice``,
            ``channel``, ``order``, ``owner``, ``opened_at``, ``ship_by_at`` (UTC texts), ``alike`` (how many open
            problems have its cause, and some of their orders), ``buttons``, ``fix`` (the facts of the fix in place),
            ``happened``, ``closing``, ``can_work``, ``has_exchange``
        """
        self.ensure_one()
        self.check_access("read")
        order, channel = self.order_id, self.channel_id
        return {
            "id": self.id,
            "reason": self.reason,
            "cause": self.cause or "",
            "severity": self.severity,
            "state": self.state,
            "stops": self.stops or "",
            "summary": self.summary,
            "advice": self.advice,
            "channel": {"id": channel.id, "name": channel.name, "kind": channel.channel_type} if channel else False,
            "order": {"id": order.id, "name": order.name, "number": order.oms_external_number or ""}
            if order
            else False,
            "owner": {"id": self.user_id.id, "name": self.user_id.name} if self.user_id else False,
            "opened_at": fields.Datetime.to_string(self.opened_at),
            "ship_by_at": fields.Datetime.to_string(order.oms_ship_by_at) if order.oms_ship_by_at else False,
            "alike": self._panel_alike(),
            "can_work": self.is_clerk and self.state == "open",
            "can_ignore": self.is_clerk and self.state == "open" and self.reason != "changed_after_import",
            "buttons": self._panel_buttons(),
            "fix": self._panel_fix(),
            "happened": self._panel_happened(),
            "closing": self._panel_closing(),
            "has_exchange": self.is_clerk and bool(self.inbox_id or self.outbox_id or self._document()),
        }

    def _panel_alike(self):
        alike = self.search([("fingerprint", "=", self.fingerprint), ("state", "=", "open")])
        return {"count": len(alike), "orders": alike.order_id[:5].mapped("name")}

    def _fix(self):
        """Return what is known to help; of a kind that another addon added, nothing but assigning and ignoring."""
        return FIXES.get(self.reason, Fix())

    def _panel_fix(self):
        """Return the facts of the fix in place; False where there is none, or where the reader may not use it."""
        place = self._fix().place
        if not place or self.state != "open" or not self.is_clerk:
            return False
        facts = {
            "sign_in": self._sign_in_facts,
            "sku": self.get_fix_facts,
            "address": self._address_facts,
            "total": self._total_facts,
            "stock": self._stock_facts,
            "change": self._change_facts,
            "carrier": self._carrier_facts,
            "telling": self._telling_facts,
        }
        return facts[place]()

    def _panel_buttons(self):
        """Return the plain actions the reader may take now, the likeliest first."""
        if self.state != "open":
            return []
        ranks = {
            "anyone": True,
            "clerk": self.is_clerk,
            "manager": self.env.user.has_group("oms_core.group_oms_manager"),
        }
        buttons = [button for button in self._fix().buttons if ranks[button.who] and self._can(button.method)]
        rows = [
            {
                "method": button.method,
                "label": self.env._(button.label),
                "confirm": self.env._(button.confirm) if button.confirm else "",
            }
            for button in buttons
        ]
        if self.is_clerk and self.alike_count > 1 and any(row["method"] == "action_retry" for row in rows):
            label = self.env._("Retry all %s alike", self.alike_count)
            rows.insert(1, {"method": "action_retry_alike", "label": label, "confirm": ""})
        return rows

    def _can(self, method):
        """Whether an action makes sense for this problem as it is."""
        if method in ("action_retry", "action_accept", "action_tell_channel"):
            return {"action_retry": self.can_retry, "action_accept": self.can_accept}.get(method, self.can_tell)
        if method == "action_open_order":
            return bool(self.order_id)
        return method != "action_open_document" or bool(self._document())

    def _panel_closing(self):
        if self.state == "open":
            return False
        who = self.closed_by_id.sudo().name  # sudo: a name
        return {
            "at": fields.Datetime.to_string(self.closed_at),
            "by": who or "",
            "why": self.ignore_reason or "",
        }

    # === WHAT HAPPENED ===

    def _panel_happened(self):
        """Return the attempts in words, oldest first: ``{at, text, who}``."""
        rows = [*self._happened_on_order(), *self._happened_with_channel()]
        if self.seen_count > 1:
            rows.append((self.seen_at, self.env._("Seen again; %s times in all.", self.seen_count), ""))
        if not any(at >= self.opened_at - timedelta(seconds=2) and text == self.summary for at, text, _who in rows):
            rows.append((self.opened_at, self.env._("Found: %s", self.summary), ""))
        rows.sort(key=lambda row: row[0])
        return [{"at": fields.Datetime.to_string(at), "text": text, "who": who} for at, text, who in rows]

    def _happened_on_order(self):
        events = self.env["oms.order.event"]
        if not self.order_id or not events.has_access("read"):
            return []
        domain = [("order_id", "=", self.order_id.id), ("at", ">=", self.opened_at - BEFORE)]
        found = events.search(domain, order="id desc", limit=EVENTS)
        return [(event.at, event.summary, event.actor or "") for event in reversed(found)]

    def _happened_with_channel(self):
        """Return what the message, the document and the channel tell of tries, as far as the reader may see them."""
        if not self.is_clerk:
            return []
        rows = []
        message, document = self.outbox_id, self.inbox_id
        if message:
            words = {"count": message.attempt, "answer": mask_text(message.answer or "–", self._buyer_words())}
            text = self.env._("Sent %(count)s times so far. Last answer: %(answer)s", **words)
            rows.append((message.write_date, text, ""))
            if message.next_at:
                rows.append((message.next_at, self.env._("Next try."), ""))
        if document:
            rows.append((document.create_date, self.env._("The document came."), ""))
        if self.reason in ("signed_out", "sync_failing"):
            state = (
                self.channel_id.state_ids.filtered(lambda row: row.entity == self.cause) or self.channel_id.state_ids
            )
            facts = (
                ("last_ok_at", self.env._("The channel answered for the last time.")),
                ("failing_since", self.env._("The first look that failed.")),
                ("next_at", self.env._("Next try.")),
            )
            rows += [(max(state.filtered(name).mapped(name)), text, "") for name, text in facts if state.filtered(name)]
        return rows

    # === REQUEST AND ANSWER ===

    def get_exchange(self):
        """Return what was sent and what came, without secrets and without anything of the buyer.

        :return: dict with ``request`` and ``answer``, texts; empty where there was none or it is gone
        :raise UserError: the caller is no order desk clerk
        """
        self.ensure_one()
        self._ensure_clerk()
        words = self._buyer_words()
        message = self.outbox_id.sudo()  # sudo: masked below
        if message:
            came = {"answer": mask_text(message.answer or "", words)}
            receipt = mask_value(message.receipt, words) if message.receipt else ""
            return {
                "request": mask_value({"kind": message.kind, **(message.payload or {})}, words),
                "answer": "\n".join(filter(None, (came["answer"], receipt))),
            }
        document = self._document()
        return {"request": "", "answer": mask_document(document._body(), words) if document else ""}

    def _document(self):
        """Return the document the problem is about, else the newest one of its order."""
        documents = self.inbox_id or self.order_id.sudo().oms_inbox_ids.sorted(
            "id", reverse=True
        )  # sudo: body is hidden
        return documents.sudo().filtered("size")[:1]  # sudo: as above

    def _buyer_words(self):
        """Return what the buyer of the order is known by here, so that it can be masked wherever it is repeated."""
        order = self.order_id.sudo()  # sudo: only to hide it
        partners = order.partner_id | order.partner_invoice_id | order.partner_shipping_id
        words = {partner[name] for partner in partners for name in NAMED_BY if partner[name]}
        words |= {part for partner in partners for part in (partner.name or "").split() if len(part) > 2}
        return tuple(sorted(words))

    def action_open_document(self):
        """Open the received document the problem is about."""
        self._ensure_clerk()
        document = self._document()
        if not document:
            raise UserError(self.env._("The document is gone: its buyer was forgotten."))
        return self._open_form(document.sudo(False))

    def action_open_documents(self):
        """Open what came in from the channel."""
        self._ensure_clerk()
        return self.channel_id.action_view_inbox()

    # === WHO LOOKS AFTER IT ===

    @api.model
    def get_assignees(self):
        """Return who may be given a problem: the active clerks who share a company with the caller.

        :return: list of ``{id, name}``, the caller first
        """
        self._ensure_clerk()
        users = self._assignable()
        users = (users & self.env.user) | users
        return [{"id": user.id, "name": user.name} for user in users]

    def _assignable(self):
        clerks = self.env.ref("oms_core.group_oms_clerk").sudo().all_user_ids  # sudo: names of colleagues
        mine = self.env.companies
        return clerks.filtered(lambda user: user.active and not user.share and user.company_ids & mine).sorted("name")

    def assign(self, user_id):
        """Give problems to somebody who may solve them, or to nobody.

        :param user_id: database id of a clerk; False takes them from whoever has them
        :return: True
        :raise UserError: the caller or the new owner is no clerk, or the owner does not see the problem's company
        """
        self._ensure_clerk()
        user = self.env["res.users"].sudo().browse(user_id or []).exists()  # sudo: checked below
        if user_id and user not in self._assignable():
            raise UserError(self.env._("Only order desk clerks can be given a problem."))
        for problem in self:
            if user and problem.company_id and problem.company_id not in user.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work for %(company)s.", user=user.name, company=problem.company_id.name
                    )
                )
        changed = self.filtered(lambda problem: problem.user_id != user)
        changed.sudo().user_id = user  # sudo: clerks may give a problem to somebody, not edit it
        whom = user.name or self.env._("nobody")
        changed._log_doing("exception_assigned", lambda problem: {"whom": whom})
        return True

    def action_assign_to_me(self):
        """Take the problem on."""
        return self.assign(self.env.uid)

    def _log_doing(self, kind, words=lambda problem: {}):
        """Note on the timelines of the orders what a person did about these problems."""
        self.env["oms.order.event"]._log(
            (problem.order_id, kind, {"text": problem.summary, "reason": problem.reason, **words(problem)})
            for problem in self
            if problem.order_id
        )
