"""An OpenMage (Magento 1) stand-in: SOAP v2 in both flavours, with the WSDL that clients read.

Built from the WSDL templates and the documented behaviour of OpenMage 20 (github.com/OpenMage/magento-lts, commit
e18d6107b21b, seen 2026-11-26).
"""

from .channel import OpenMage

__all__ = ["OpenMage"]
