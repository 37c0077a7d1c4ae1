"""Telling a Magento 2 shop of parcels."""

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

from ..lib import answers, bodies, bundles, const, pages, wire_order
from ..lib.wire import text, text_id


class Shipping:
    """The part of the adapter that is about parcels."""

    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Tell the shop of a parcel. Magento would make a second one of the same notice, so it is looked for first.

        :raise Rejected: the shop refuses it, and does not have it
        :raise NotFound: the shop does not know the order
        """
        units = self._parcel_units(notice)
        known = self._shipments(notice)
        found = self._receipt_of(notice, known, units)
        if found is not None:
            return found
        mark = bodies.parcel_mark(notice)
        for shipment in known:
            if bodies.has_mark(shipment.comments, mark):
                return self._correct(notice, shipment)
        told = bodies.Told(
            source=bodies.source_of(notice, self._settings), is_buyer_told=self._settings.get("is_buyer_told", True)
        )
        body = bodies.build_shipment(notice, units, told)
        response = self._taken(self._client.ship_order(notice.order_external_id, body))
        return dto.Receipt(reference=notice.reference, external_id=answers.parse_created_id(response.body))

    def find_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt | None:
        """Return a receipt if the shop has this very parcel; ``None`` if it has not, or an earlier state of it."""
        units = self._parcel_units(notice)
        return self._receipt_of(notice, self._shipments(notice), units)

    def _parcel_units(self, notice: dto.ShipmentNotice):
        """Return the units of a parcel by item, as the shop counts them."""
        _order, lines = self._order_lines(self._order_piece(notice.order_external_id))
        wanted = {}
        for line in notice.lines:
            wanted[line.external_line_id] = wanted.get(line.external_line_id, 0) + line.quantity
        # The shop sends nothing that has no body, and refuses a parcel that holds it.
        virtual = {line.id for line in lines if line.is_virtual}
        wanted = {id_: units for id_, units in wanted.items() if id_ not in virtual}
        if not wanted:
            raise Rejected("no_lines", message="the parcel holds nothing of the order")
        return bundles.plan_units(wanted, lines, self._separate_bundles(wanted, lines))

    def _separate_bundles(self, wanted, lines) -> frozenset[str]:
        """Return the ids of the bundles whose parts the shop sends one by one.

        An order does not say so; the bundle's product does (``shipment_type`` 0: together, 1: separately).
        """
        parents = {
            line.parent_id: text_id(line.parent.product_id) for line in lines if line.id in wanted and line.parent
        }
        if not parents:
            return frozenset()
        group = pages.any_of("entity_id", sorted({id_ for id_ in parents.values() if id_}))
        params = pages.build_search([group], ("entity_id",), const.LISTINGS_PER_PAGE)
        try:
            products = answers.parse_products(self._taken(self._client.search_products(params)).body).products
        except Rejected as error:
            if error.code != "access_denied":
                raise
            products = ()
        apart = {text_id(product.id) for product in products if answers.is_sent_in_parts(product)}
        return frozenset(parent for parent, product in parents.items() if product in apart)

    def _shipments(self, notice: dto.ShipmentNotice) -> list[wire_order.Shipment]:
        return self._of_order(self._client.search_shipments, notice.order_external_id, wire_order.Shipment)

    def _receipt_of(self, notice: dto.ShipmentNotice, known, units) -> dto.Receipt | None:
        for shipment in known:
            if bodies.is_same_parcel(shipment, notice, units):
                id_ = text_id(shipment.entity_id)
                return dto.Receipt(reference=notice.reference, external_id=id_, detail="already in the shop")
        return None

    def _correct(self, notice: dto.ShipmentNotice, shipment: wire_order.Shipment) -> dto.Receipt:
        """Give a parcel that was told before another tracking number.

        The old one goes first: if we end between the two, the parcel is found without the new one and corrected again.
        """
        for track in shipment.tracks or ():
            id_ = text_id(track.entity_id)
            if id_ is not None:
                response = self._client.delete_track(id_)
                if response.status != 404:
                    self._taken(response)
        if text(notice.tracking):
            self._taken(self._client.add_track(bodies.build_track(notice, shipment)))
        return dto.Receipt(
            reference=notice.reference, external_id=text_id(shipment.entity_id), detail="tracking number corrected"
        )
