"""The egress guard: which URLs may be called, and at which addresses.

`check_url` needs no network, so it also serves when a subscription is written. `resolve` must run before
every connection, and the connection must go to an address it returned: a check of the name alone can be
rebound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from doorbell.domain.host_names import beyond_ascii
from doorbell.egress.addresses import Address, special_kind
from doorbell.egress.errors import GuardError
from doorbell.egress.hosts import is_inside_name, parse_host

MAX_URL: Final = 2048
CHECKED_KEPT: Final = 256
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_ALLOWED_CHARACTERS: Final = re.compile(r"[!-\[\]-~]*")  # printable ASCII without the backslash
_URL: Final = re.compile(
    r"(?P<scheme>[^:/?#]+)://(?P<authority>[^/?]*)(?P<path>[^?]*)(?P<query>\?.*)?", re.DOTALL
)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\[\]]*\]|[^\[\]:]*)(?::(?P<port>.*))?")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")

type Resolver = Callable[[str, float], Sequence[str]]
"""(ASCII host name, seconds it may take) → addresses as text. Raises GuardError `dns_failed` or `timeout`."""


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """`allowed_ports` None means any. `allowed_cidrs` lets special addresses in, and names of the inside with
    them: for local use only."""

    allow_http: bool = False
    allowed_ports: frozenset[int] | None = frozenset({443, 8443})
    allowed_cidrs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """A URL in the only parts the client uses. Only `check_url` makes one.

    `host` is without brackets; `address` is set when the host is a literal; `target` is path and query.
    """

    scheme: str
    host: str
    port: int
    target: str
    address: Address | None

    @property
    def host_header(self) -> str:
        """RFC 9110, 7.2."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@lru_cache(maxsize=CHECKED_KEPT)
def check_url(url: str, policy: EgressPolicy) -> CheckedUrl:
    """Parse once and strictly. Raises GuardError; looks no name up: the same text always checks alike."""
    scheme, authority, target = _split(url)
    if scheme not in _DEFAULT_PORTS or (scheme == "http" and not policy.allow_http):
        raise GuardError("scheme_refused", "neither https nor http" if policy.allow_http else "not https")
    if "@" in authority:
        raise GuardError("url_refused", "user name or password in the URL")
    if "%" in authority:
        raise GuardError("host_refused", "percent sign in the host")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or not parts["host"]:
        raise GuardError("host_refused", "no host, or brackets or colons out of place")
    host, address = parse_host(parts["host"])
    port = _port(parts["port"], scheme)
    if policy.allowed_ports is not None and port not in policy.allowed_ports:
        raise GuardError("port_refused", f"port {port} is not allowed")
    if address is not None:
        _refuse_special(address, policy)
    elif not policy.allowed_cidrs and is_inside_name(host):
        raise GuardError("host_refused", f"{host} is a name of the inside")
    return CheckedUrl(scheme, host, port, target, address)


def problem_with(url: str, policy: EgressPolicy) -> str | None:
    """Why `url` can never be called, for whoever writes a subscription; None when its form is right."""
    try:
        check_url(url, policy)
    except GuardError as error:
        return error.detail
    return None


def resolve(
    checked: CheckedUrl, policy: EgressPolicy, resolver: Resolver, timeout_seconds: float
) -> tuple[Address, ...]:
    """Every address of the host, in the resolver's order, all of them public; one that is not refuses them
    all."""
    if checked.address is not None:
        return (checked.address,)
    addresses = tuple(dict.fromkeys(_address(text) for text in resolver(checked.host, timeout_seconds)))
    if not addresses:
        raise GuardError("dns_failed", f"{checked.host} has no address")
    for address in addresses:
        _refuse_special(address, policy)
    return addresses


def _split(url: str) -> tuple[str, str, str]:
    if len(url) > MAX_URL:
        raise GuardError("url_refused", f"longer than {MAX_URL} characters")
    if not _ALLOWED_CHARACTERS.fullmatch(url):
        other = "a character that is not printable ASCII, a space or a backslash"
        raise GuardError("url_refused", beyond_ascii(url) or other)
    if "#" in url:
        raise GuardError("url_refused", "fragment in the URL")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise GuardError("url_refused", "not of the form https://host/path")
    return parts["scheme"].lower(), parts["authority"], (parts["path"] or "/") + (parts["query"] or "")


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return _DEFAULT_PORTS[scheme]
    if not _PORT.fullmatch(text) or int(text) > 65535:
        raise GuardError("port_refused", "not a port number")
    return int(text)


@lru_cache(maxsize=CHECKED_KEPT)
def _address(text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError as error:
        raise GuardError("dns_failed", "the resolver gave something that is not an address") from error


def _refuse_special(address: Address, policy: EgressPolicy) -> None:
    kind = special_kind(address, policy.allowed_cidrs)
    if kind is not None:
        raise GuardError("address_refused", f"{address} is not public ({kind})")
