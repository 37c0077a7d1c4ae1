"""Which hosts an account may call, and which addresses those hosts may have.

An account's base URLs are typed in by people, and a host name is answered by whoever runs its DNS. Both are
checked here, so that no setting and no answer can turn our own server against the network it stands in.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..lib.errors import Rejected, RetryLater
from .limiter import BASE_DELAY

PORTS = {"https": 443, "http": 80}
# Visible ASCII without the backslash, which some parsers read as a slash and others as part of the host name.
_URL = re.compile(r"[!-\[\]-~]+")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
# RFC 6052: the well-known prefix under which an IPv6-only network shows IPv4 hosts; the last 32 bits are that host.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Lookup = Callable[..., list[tuple]]


@dataclass(frozen=True)
class Target:
    """Where a request goes, read once and never parsed again by anyone else.

    :param is_file_host: the address came out of a channel's answer and is none of the account's own: only files go
        there and come from there, and never a credential
    """

    scheme: str
    host: str
    port: int
    is_file_host: bool = False


@dataclass(frozen=True)
class HostPolicy:
    """What one account may call.

    :param allowed_hosts: host names in lower case, as they stand in the account's base URLs
    :param file_hosts: regular expressions for whole host names to which the channel's answers may send us for a file,
        as its adapter class names them. They are data of the code, never a setting: https on its own port only, public
        addresses only, and the transport sends no credential there
    :param allow_loopback: let the account call this very machine, over plain http too. A switch of the deployment
        (``OMS_ALLOW_LOOPBACK=1``) for the sandbox, never a setting of an account
    """

    allowed_hosts: frozenset[str]
    allow_loopback: bool = False
    file_hosts: tuple[str, ...] = ()

    @classmethod
    def for_endpoints(cls, urls: Iterable[str], *, allow_loopback: bool = False) -> "HostPolicy":
        """Return the policy of an account with these base URLs.

        :raise Rejected: ``host_refused``, when one of them could never be called
        """
        targets = [_read(url) for url in urls]
        return cls(frozenset(target.host for target in targets), allow_loopback)

    def target(self, url: str) -> Target:
        """Read ``url`` and say where it goes. No network is touched.

        :raise Rejected: ``host_refused`` with ``host`` and ``reason``
        """
        target = _read(url)
        if target.scheme == "http" and not self.allow_loopback:
            raise _refused(target.host, "not_https")
        if target.host in self.allowed_hosts:
            return target
        if not any(re.fullmatch(pattern, target.host, re.ASCII) for pattern in self.file_hosts):
            raise _refused(target.host, "not_allowed")
        if (target.scheme, target.port) != ("https", PORTS["https"]):
            raise _refused(target.host, "not_https")
        return replace(target, is_file_host=True)

    def addresses(self, target: Target, lookup: Lookup = socket.getaddrinfo) -> tuple[str, ...]:
        """Look ``target`` up once and return its addresses in the resolver's order.

        Every address must be fit to call, not only the first: whoever answers with one public and one private
        address is trying both.

        :raise Rejected: ``host_refused`` when any address is not public
        :raise RetryLater: ``unreachable`` when the name has no address now
        """
        try:
            answers = lookup(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers = []
        addresses = tuple(dict.fromkeys(answer[4][0] for answer in answers))
        if not addresses:
            raise RetryLater("unreachable", after=BASE_DELAY, host=target.host, reason="name_not_found")
        if self.allow_loopback and not target.is_file_host and all(is_loopback(address) for address in addresses):
            return addresses
        if target.scheme != "https":
            raise _refused(target.host, "not_https")
        if not all(is_public(address) for address in addresses):
            raise _refused(target.host, "address_not_public")
        return addresses


def is_public(address: str) -> bool:
    """Tell whether ``address`` belongs to the public internet, whatever it is wrapped in."""
    ip = _unwrapped(address)
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    # Deprecated kinds that Python calls global although they lead into private networks or tunnels.
    return ip.version == 4 or not (ip.is_site_local or ip.sixtofour or ip.teredo)


def is_loopback(address: str) -> bool:
    """Tell whether ``address`` is this very machine."""
    return _unwrapped(address).is_loopback


def _unwrapped(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address inside an IPv6 one, where there is one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 4:
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip


def _read(url: str) -> Target:
    if not _URL.fullmatch(url):
        raise _refused("", "bad_url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused("", "bad_url") from None
    if parts.scheme not in PORTS:
        raise _refused(host, "not_https")
    if "@" in parts.netloc:
        raise _refused(host, "holds_credentials")
    if parts.fragment or port == 0 or not _is_host(host):
        raise _refused(host, "bad_url")
    return Target(parts.scheme, host, port or PORTS[parts.scheme])


def _is_host(host: str) -> bool:
    if ":" not in host:
        return bool(_NAME.fullmatch(host))
    try:
        return "%" not in host and ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def _refused(host: str, reason: str) -> Rejected:
    return Rejected("host_refused", host=host, reason=reason)
