from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What a program is told of an order: its axes, what stops it, its lines, parcels and money."""

    _inherit = "sale.order"

    def oms_get_state(self):
        """Return how far orders are.

        :return: for each order a dict: ``id``, ``name``, ``number`` (the channel's), ``channel``, ``source``, ``key``,
            ``status``, ``payment``, ``stock``, ``picking``, ``shipping``, ``sync`` (codes), ``type``, ``tags``,
            ``currency``, ``total``, ``placed_at``, ``ship_by_at``, ``shipped_at`` (UTC texts, "" where unknown),
            ``holds``, ``problems``, ``lines``, ``parcels``, ``payments``
        :raise AccessError: whoever asks may not see these orders
        """
        self.check_access("read")
        self._ensure_office()  # the answer has the money
        return [order._state_facts() for order in self.sudo()]  # sudo: what hangs on an order one may see

    @api.model
    def oms_find_state(self, reference):
        """Return the state of the one order with this number.

        :param reference: our id, our number or the channel's
        :return: as :meth:`oms_get_state` for one order
        :raise UserError: there is none, or there are several
        """
        return self._find_one(reference).oms_get_state()[0]

    def _state_facts(self):
        return {
            "id": self.id,
            "name": self.name,
            "number": self.oms_external_number or "",
            "channel": self.oms_channel_id.name or "",
            "source": self.oms_source or "",
            "key": self.oms_source_key or "",
            "status": self.oms_status,
            "payment": self.oms_payment_state,
            "stock": self.oms_stock_state,
            "picking": self.oms_pick_state,
            "shipping": self.oms_ship_state,
            "sync": self.oms_sync_state,
            "type": self.oms_type_id.code or self.oms_type_id.name or "",
            "tags": self.oms_tag_ids.mapped("name"),
            "currency": self.currency_id.name,
            "total": self.amount_total,
            "placed_at": _moment(self.date_order),
            "ship_by_at": _moment(self.oms_ship_by_at),
            "shipped_at": _moment(self.oms_shipped_at),
            "holds": [hold._facts() for hold in self._open_holds()],
            "problems": [
                {"reason": problem.reason, "text": problem.summary, "stops": problem.stops or ""}
                for problem in self.oms_exception_ids.filtered(lambda problem: problem.state == "open")
            ],
            "lines": [line._state_facts() for line in self.order_line if not line.display_type],
            "parcels": [
                {
                    "transfer": picking.name,
                    "carrier": picking.carrier_id.name or "",
                    "tracking": picking.carrier_tracking_ref or "",
                    "shipped_at": _moment(picking.date_done),
                }
                for picking in self.picking_ids.sorted("id")
                if picking.state == "done" and picking._is_to_customer()
            ],
            "payments": [
                {
                    "kind": payment.kind,
                    "amount": payment.amount,
                    "currency": payment.currency_id.name,
                    "method": payment.method or "",
                    "transaction": payment.external_id or "",
                    "at": _moment(payment.paid_at),
                }
                for payment in self.oms_payment_ids.sorted("id")
            ],
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _state_facts(self):
        return {
            "id": self.id,
            "sku": self.oms_sku or self.product_id.default_code or "",
            "name": self.name,
            "quantity": self.product_uom_qty,
            "reserved": self.oms_units_reserved,
            "delivered": self.qty_delivered,
            "invoiced": self.qty_invoiced,
            "price": self.price_unit,
            "total": self.price_total,
        }


class OmsHold(models.Model):
    _inherit = "oms.hold"

    def _facts(self):
        return {
            "reason": self.kind,
            "note": self.note or "",
            "keeps_stock": self.keeps_stock,
            "ends_on": self.ends_on,
            "ends_at": _moment(self.ends_at),
        }


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def oms_availability(self, *, skus, warehouse=None):
        """Return how many units of products can be promised.

        :param skus: up to 1,000 references
        :param warehouse: code of one warehouse; none means all of the company
        :return: for each SKU ``{sku, product_id, is_known, free, on_hand, warehouses: [{code, free, on_hand}]}``;
            free is what is on the shelves and not reserved
        :raise UserError: there is no such warehouse, or there are too many SKUs
        """
        self.check_access("read")
        if not isinstance(skus, list | tuple) or len(skus) > 1000 or not all(isinstance(sku, str) for sku in skus):
            raise UserError(self.env._("skus: a list of up to 1,000 texts is needed."))
        warehouses = (
            self.env["stock.warehouse"].sudo().search([("company_id", "=", self.env.company.id)])
        )  # sudo: codes
        if warehouse:
            warehouses = warehouses.filtered(lambda row: row.code == warehouse)
            if not warehouses:
                raise UserError(self.env._("warehouse: there is no warehouse %s.", warehouse))
        products = self.search([("default_code", "in", list(skus))])
        by_sku = {product.default_code: product for product in products}
        units = {row: row._shelf_units(products) for row in warehouses}
        return [_availability(sku, by_sku.get(sku), units) for sku in skus]


def _availability(sku, product, units):
    rows = []
    for warehouse, found in units.items() if product else ():
        on_hand, free = found.get(product.id, (0.0, 0.0))
        rows.append({"code": warehouse.code, "on_hand": on_hand, "free": free})
    return {
        "sku": sku,
        "product_id": product.id if product else 0,
        "is_known": bool(product),
        "on_hand": sum(row["on_hand"] for row in rows),
        "free": sum(row["free"] for row in rows),
        "warehouses": rows,
    }


def _moment(value):
    return fields.Datetime.to_string(value) if value else ""
