import msgspec
from odoo import api, fields, models

from ..lib.mapper import Flaw

RESULTS = {"new": "waiting", "done": "created", "unchanged": "unchanged", "superseded": "unchanged"}
SHOWN_REASONS = 20


class OmsFileImportLine(models.Model):
    """One order of an uploaded file: what it would be, what is wrong with it, what became of it."""

    _name = "oms.file.import.line"
    _description = "Order of an upload"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one("oms.file.import", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    number = fields.Char(string="Order number")
    buyer = fields.Char()
    rows = fields.Char(string="Rows", help="Where it stands in the file.")
    line_count = fields.Integer(string="Lines")
    currency_id = fields.Many2one("res.currency")
    total = fields.Monetary()
    has_total = fields.Boolean()
    state = fields.Selection(
        [("new", "New"), ("changed", "Changed"), ("unchanged", "Unchanged"), ("error", "Error")], required=True
    )
    flaws = fields.Json(readonly=True)
    reason = fields.Text(compute="_compute_reason", string="What is wrong")
    inbox_id = fields.Many2one("oms.inbox", ondelete="set null", index="btree_not_null")
    order_id = fields.Many2one("sale.order", compute="_compute_result", string="Order")
    result = fields.Selection(
        [
            ("waiting", "Being imported"),
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("failed", "Not imported"),
        ],
        compute="_compute_result",
    )
    result_reason = fields.Char(compute="_compute_result", string="Why")

    @api.depends("flaws")
    @api.depends_context("lang")
    def _compute_reason(self):
        words = self.env["oms.channel"]._file_sentence
        for line in self:
            line.reason = "\n".join(map(words, msgspec.convert(line.flaws or [], list[Flaw]))) or False

    @api.depends("inbox_id.state", "inbox_id.reason", "inbox_id.order_id", "state", "flaws")
    @api.depends_context("lang")
    def _compute_result(self):
        for line in self:
            row = line.inbox_id
            line.order_id, line.result_reason = row.order_id, False
            if not row:
                line.result = {"error": "failed", "unchanged": "unchanged"}.get(line.state, False)
                line.result_reason = (line.reason or "").partition("\n")[0] or False
            elif row.state == "quarantined":
                line.result, line.result_reason = "failed", row.reason
            elif row.state == "done" and line.state == "changed":
                line.result = "updated"
            else:
                line.result = RESULTS[row.state]

    @api.model
    def _prepare_all(self, upload, judged, inbox_rows):
        """Return the values of the lines of all judged documents.

        :param inbox_rows: ``{order number: inbox row}`` of those that were stored
        """
        currencies = {currency.name: currency.id for currency in self.env["res.currency"].search([])}
        return [self._prepare(upload, found, inbox_rows.get(found.document.number), currencies) for found in judged]

    @api.model
    def _prepare(self, upload, judgement, inbox_row, currencies):
        facts = self._describe(judgement)
        numbers = [row.number for row in judgement.document.rows]
        return {
            "import_id": upload.id,
            "sequence": numbers[0] if numbers else 0,
            "number": facts["number"],
            "buyer": facts["buyer"],
            "rows": _span(numbers),
            "line_count": facts["lines"],
            "currency_id": currencies.get(facts["currency"]),
            "total": float(facts["total"] or 0),
            "has_total": facts["total"] is not False,
            "state": judgement.state,
            "flaws": msgspec.to_builtins(judgement.flaws[:SHOWN_REASONS]),
            "inbox_id": inbox_row.id if inbox_row else False,
        }

    @api.model
    def _describe(self, judgement):
        """Return one judged document as plain values."""
        document, order = judgement.document, judgement.order
        return {
            "number": document.number or False,
            "state": judgement.state,
            "buyer": (order and (order.buyer.name or order.buyer.company)) or False,
            "lines": len(order.lines) if order else len(document.rows),
            "total": str(order.total.amount) if order and order.total else False,
            "currency": (order and order.currency) or False,
        }


def _span(numbers):
    if not numbers:
        return False
    if len(numbers) == 1:
        return str(numbers[0])
    is_whole = numbers[-1] - numbers[0] == len(numbers) - 1
    if is_whole:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers[:6])) + ("…" if len(numbers) > 6 else "")
