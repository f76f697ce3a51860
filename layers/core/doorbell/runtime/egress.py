"""The way out to URLs: a guarded client and what is built on it. The way to targets is asked for by name."""

from collections.abc import Callable, Sequence
from functools import cache

from doorbell.egress.fetch import Fetcher
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.oauth import TokenSource
from doorbell.egress.transport import Transport
from doorbell.runtime.wiring import settings
from doorbell.signatures.claim import ISSUER_HOSTS


@cache
def policy() -> EgressPolicy:
    return EgressPolicy(
        allow_http=settings().egress_allow_http,
        allowed_ports=settings().egress_allowed_ports,
        allowed_cidrs=settings().egress_allowed_cidrs,
    )


def problem_with_target(arn: str, tenant_id: str, subscription_id: str, role_arn: str | None) -> str | None:
    from doorbell.runtime.targets import target_policy  # for those alone that have one

    return target_policy().problem_with(arn, tenant_id, subscription_id, role_arn)


@cache
def transport() -> Transport:
    """One for the process: one pool of connections, one set of TLS contexts."""
    return Transport(policy())


@cache
def fetcher() -> Fetcher:
    return Fetcher(policy(), transport=transport())


class IssuerFetcher:
    """Certificates of issuers, which are published by plain http (RFC 5280, 4.2.2.1): from the known
    issuers' hosts only, and what comes counts only if it completes a chain to a public root."""

    def __init__(self, plain: Fetcher) -> None:
        self._plain = plain

    def get(
        self,
        url: str,
        *,
        allowed_hosts: Callable[[str], bool] | Sequence[str],
        max_bytes: int,
        timeout_seconds: float,
    ) -> bytes:
        """`allowed_hosts` as everywhere; beside it the host must be an issuer's."""

        def known(host: str) -> bool:
            allowed = allowed_hosts(host) if callable(allowed_hosts) else host in allowed_hosts
            return allowed and host.endswith(ISSUER_HOSTS)

        return self._plain.get(url, allowed_hosts=known, max_bytes=max_bytes, timeout_seconds=timeout_seconds)


@cache
def issuer_fetcher() -> IssuerFetcher:
    return IssuerFetcher(Fetcher(EgressPolicy(allow_http=True, allowed_ports=frozenset({80}))))


@cache
def tokens() -> TokenSource:
    return TokenSource(fetcher())
