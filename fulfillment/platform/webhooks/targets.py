"""Where a webhook may send to: addresses of the public internet, looked up afresh each time."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from msgspec import Struct

from fulfillment.platform.config import Settings

PORTS = {"https": 443, "http": 80}
# Addresses that look public and are not: cloud providers answer their own machines there.
INNER = [ip_network(net) for net in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")]
NAT64 = ip_network("64:ff9b::/96")
UNICAST = ip_network("2000::/3")
IPV4_BITS = 2**32 - 1

Address = tuple[socket.AddressFamily, Any]
"""A family of sockets, and what one of them connects to."""


class Refused(Exception):
    """Nothing is sent there."""


class NoAddress(Refused):
    """The host is not known now; it may be later."""


class Rules(Struct, frozen=True):
    """What the settings let through beyond https to the public internet."""

    private_targets: bool
    plain_http: bool


class Target(Struct, frozen=True):
    """The parts of a URL that was found to be one."""

    scheme: str
    host: str
    port: int
    path: str


def rules() -> Rules:
    """Return the rules of the settings."""
    settings: Settings = current_app.config["SETTINGS"]
    return Rules(settings.webhook_private_targets == "on", settings.webhook_plain_http == "on")


def parse(url: str, rules: Rules) -> Target:
    """Return the parts of a URL.

    Raises:
        Refused: it is none, has a user or a fragment, or is not of https.
    """
    if not all("!" <= letter <= "~" and letter != "\\" for letter in url):
        raise Refused("Must be a URL in ASCII; other letters are written as %C3%A9 or xn--.")
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Refused("Must be a URL.") from error
    if parts.scheme not in ({"https", "http"} if rules.plain_http else {"https"}):
        raise Refused("Must begin with https://.")
    if not parts.hostname or parts.username is not None or parts.fragment or parts.port == 0:
        raise Refused("Must be a URL with a host, without a user and without a fragment.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, path)


def look_up(target: Target, rules: Rules) -> list[Address]:
    """Return the addresses of a target's host, as they are now.

    Raises:
        Refused: it has none, or one of them is not of the public internet.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAddress(f"The host {target.host} has no address.") from error
    for *_, place in found:
        # One private address among public ones is refused too: whoever set it meant it.
        if not rules.private_targets and not is_public(ip_address(place[0])):
            raise Refused(f"The host {target.host} has the address {place[0]}, which is not public")
    return [(family, place) for family, _, _, _, place in found]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is a single machine's of the public internet."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped
        if address in NAT64:
            inside = IPv4Address(int(address) & IPV4_BITS)
        if inside is not None:
            return is_public(inside)
        # 6to4 and Teredo carry an IPv4 address of anybody's choice.
        if address not in UNICAST or address.sixtofour or address.teredo:
            return False
    plain = not (address.is_multicast or address.is_reserved or address.is_link_local)
    return address.is_global and plain and not any(address in net for net in INNER)
