"""The one way out: a guarded client and what is built on it."""

from functools import cache

from doorbell.egress.client import HttpSender
from doorbell.egress.fetch import Fetcher
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.oauth import TokenSource
from doorbell.egress.transport import Transport
from doorbell.runtime.wiring import settings


@cache
def policy() -> EgressPolicy:
    return EgressPolicy(
        allow_http=settings().egress_allow_http,
        allowed_ports=settings().egress_allowed_ports,
        allowed_cidrs=settings().egress_allowed_cidrs,
    )


@cache
def transport() -> Transport:
    """One for the process: one pool of connections, one set of TLS contexts."""
    return Transport(policy())


@cache
def sender() -> HttpSender:
    return HttpSender(policy(), transport=transport())


@cache
def fetcher() -> Fetcher:
    return Fetcher(policy(), transport=transport())


@cache
def tokens() -> TokenSource:
    return TokenSource(fetcher())
