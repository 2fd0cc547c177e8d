"""Addresses on the web: read strictly, and looked up so that nobody is led into a private network.

A list of addresses is written by people, and a redirect by the server that answers, which may be
anybody. So every name is looked up once, every number it stands for is judged, and whoever connects
uses a number that was judged: a name that stands for another machine a moment later leads nowhere.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Gives the numbers that a host and port stand for, as text. Raises `NoSuchHost` or `NoNames`.
Resolve = Callable[[str, int, float], Sequence[str]]

_PORTS = {"http": 80, "https": 443}

#: Below this, ports belong to services such as mail; a web server there is 80 or 443.
_FIRST_FREE_PORT = 1024

_LONGEST = 2_000

#: What stdlib's IDNA 2003 would turn into another name than browsers do (UTS 46, deviations).
_TWO_READINGS = re.compile("[\u00df\u03c2\u200c\u200d]")

_LOOKS_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)

#: An IPv6 address of these carries an IPv4 address inside: mapped, compatible, 6to4, Teredo, and
#: NAT64 of one's own network. No public server is reached by them.
_WRAPPED = [
    ipaddress.ip_network(text)
    for text in ("::ffff:0:0/96", "::/96", "2002::/16", "2001::/32", "64:ff9b:1::/48")
]

#: NAT64 (RFC 6052): how an IPv6-only network reaches public IPv4 servers; judged by what is inside.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

#: Of no use to a web server anywhere, and in part dangerous (169.254.169.254 gives keys away).
_NEVER = [
    ipaddress.ip_network(text)
    for text in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8")
]


class BadAddress(ValueError):
    """Why a text is no address that is asked."""


class RefusedAddress(Exception):
    """An address that stands for a machine which is not on the public network."""


class NoSuchHost(Exception):
    """The name of a host stands for nothing."""


class NoNames(Exception):
    """Names cannot be looked up now, which says nothing about this one."""


@dataclass(frozen=True)
class Address:
    """Where to ask: `http` or `https`, a host in ASCII, a port, and a path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host_and_port}"

    @property
    def url(self) -> str:
        return self.origin + self.target

    @property
    def host_and_port(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_front_page(self) -> bool:
        return self.target == "/"


def address(text: str) -> Address:
    """The address that a text is. Raises `BadAddress`; nothing is repaired but letters in a path
    that are not ASCII, which are percent-encoded as browsers do."""
    if len(text) > _LONGEST:
        raise BadAddress(f"longer than {_LONGEST:,} characters")
    if not text.isprintable() or re.search(r"[\s\\]", text):
        raise BadAddress("a space, a backslash or a hidden character in it")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as fault:
        raise BadAddress(str(fault)) from None
    if parts.scheme not in _PORTS:
        raise BadAddress("expected an address that begins with http:// or https://")
    if "@" in parts.netloc:
        raise BadAddress("a user name or password in it")
    if not parts.hostname:
        raise BadAddress("no host in it")
    if port is None:
        port = _PORTS[parts.scheme]
    elif port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        raise BadAddress(f"port {port} is no web server's: 80, 443, or from {_FIRST_FREE_PORT}")
    path = quote(_without_dots(parts.path), safe="/%:@!$&'()*+,;=~-._") or "/"
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Address(parts.scheme, _host(parts.hostname), port, path + (f"?{query}" if query else ""))


def led_to(at: Address, location: str) -> Address:
    """The address that a redirect names, which may be relative. Raises `BadAddress`."""
    try:
        return address(urljoin(at.url, location.strip(" ")))
    except BadAddress:
        raise
    except ValueError as fault:
        raise BadAddress(str(fault)) from None


def _host(host: str) -> str:
    if "%" in host:
        raise BadAddress("a network interface or an escape in the host")
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise BadAddress(f"{host} is no IPv6 address") from None
    if _TWO_READINGS.search(host):
        raise BadAddress("a host that is read in two ways: write its xn-- form")
    try:
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadAddress(f"{host} is no name of a host") from None
    if _LOOKS_NUMERIC.fullmatch(plain):
        try:
            return str(ipaddress.IPv4Address(plain))
        except ValueError:
            raise BadAddress(f"{host} is no IPv4 address of four decimal numbers") from None
    if not re.fullmatch(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?)+", plain):
        raise BadAddress(f"{host} is no name of a host")
    return plain


def _without_dots(path: str) -> str:
    """The path without `.` and `..` (RFC 3986, 5.2.4), so that robots.txt judges what is asked."""
    kept: list[str] = []
    segments = path.split("/")
    for number, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == ".." and len(kept) > 1:
            kept.pop()
        elif dots not in (".", ".."):
            kept.append(segment)
        if dots in (".", "..") and number == len(segments) - 1:
            kept.append("")
    return "/".join(kept)


def checked(at: Address, *, allow_private: bool, seconds: float, resolve: Resolve) -> list[str]:
    """The numbers to connect to, each of which was judged.

    Raises `RefusedAddress` where any of them is refused: a name that stands for a public machine
    and for a private one is a trap. `NoSuchHost` and `NoNames` come from `resolve`.
    """
    found = list(dict.fromkeys(resolve(at.host, at.port, seconds)))
    for number in found:
        why = refused(number, allow_private=allow_private)
        if why:
            raise RefusedAddress(f"{at.host} is {number}, {why}")
    return found


def refused(number: str, *, allow_private: bool) -> str:
    """Why this number is not connected to, in words; empty where it is."""
    if "%" in number:
        return "an address on one network interface"
    ip: Ip = ipaddress.ip_address(number)
    if ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    elif ip.version == 6 and int(ip) > 1 and any(ip in one for one in _WRAPPED):
        return "which hides another address"
    if any(ip in one for one in _NEVER) or ip.is_multicast:
        return "which is never a web server's"
    if allow_private and (ip.is_private or ip.is_loopback):
        return ""
    if ip.is_loopback:
        return "this machine itself (--allow-private lets it through)"
    if not ip.is_global or ip.is_private or ip.is_reserved or getattr(ip, "is_site_local", False):
        return "not on the public network (--allow-private lets private ones through)"
    return ""


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """What the system's resolver says, within so many seconds."""
    found: list[str] = []
    faults: list[OSError] = []

    def ask() -> None:
        try:
            for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(str(place[0]))
        except (OSError, UnicodeError) as fault:
            faults.append(fault if isinstance(fault, OSError) else OSError(str(fault)))

    # The resolver knows no limit of time; a thread that is not waited for has none to keep.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise NoNames(f"no answer about {host} within {seconds:g} s")
    if faults:
        fault = faults[0]
        if isinstance(fault, socket.gaierror) and fault.errno == socket.EAI_AGAIN:
            raise NoNames(f"the name server does not answer about {host}")
        raise NoSuchHost(f"{host}: no such host")
    return found
