"""Whether a host is this machine: its loopback, or an address of one of its interfaces."""

import ipaddress
import socket


def why_not_here(host: str) -> str:
    """In a sentence; "" if all addresses of it are this machine's. Names are looked up now and not later."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return f"{host} has no address now, so it is not known to be this machine."
    others = [str(place[0]) for family, *_, place in found if not _is_ours(family, str(place[0]))]
    if not others:
        return ""
    return f"{host} is not this machine" + ("." if others[0] == host else f": {others[0]}.")


def _is_ours(family: int, address: str) -> bool:
    """Nobody can be bound to another machine's address."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if number.is_loopback:
        return True
    if number.is_multicast or number == ipaddress.IPv4Address("255.255.255.255"):
        return False
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
