"""A Magento 2 stand-in: the REST API below /rest/<store code>, as Magento Open Source 2.4.9 describes it.

Built from the admin schema of AdobeDocs/commerce-webapi (commit e2275b5623d4), the webapi.xml files of Magento and
magento/inventory (routes and ACL resources) and the recorded examples of the documentation, seen 2026-11-26.
"""

from .channel import Magento

__all__ = ["Magento"]
