"""Which of a provider's headers travel on to a subscriber."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from doorbell.domain.credentials import is_credential

ORIGINAL_PREFIX: Final = "doorbell-original-"

HOP_BY_HOP: Final = frozenset(
    {
        "connection", "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""RFC 9110, 7.6.1 and RFC 9113, 8.2.2; and whatever `Connection` names besides."""

OF_THE_MESSAGE: Final = frozenset({"accept-encoding", "content-length", "expect", "host", "max-forwards"})
"""They belong to the request that came, not to the one that leaves."""

FORWARDING: Final = frozenset(
    {
        "cdn-loop", "client-ip", "fastly-client-ip", "forwarded", "true-client-ip", "via", "x-amz-cf-id",
        "x-client-ip", "x-cluster-client-ip", "x-original-host", "x-original-url", "x-real-ip",
    }
)  # fmt: skip
FORWARDING_PREFIXES: Final = ("cf-", "cloudfront-", "x-amzn-", "x-envoy-", "x-forwarded-")
"""What API Gateway, CloudFront and proxies in front of them add about the network inside."""

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,256}")  # RFC 9110, 5.6.2
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The provider's headers that travel, lower-case: not those of the connection, of proxies, of the
    message's frame, nor credentials. Headers no HTTP client would send are left out too."""
    lower = {name.lower(): value for name, value in headers.items()}
    hops = HOP_BY_HOP | {name.strip().lower() for name in lower.get("connection", "").split(",")}
    return {name: value for name, value in lower.items() if name not in hops and _travels(name, value)}


def set_aside(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The same headers; those called as in `names`, or as Doorbell's own, as `doorbell-original-…`."""
    taken = frozenset(names)
    return {
        f"{ORIGINAL_PREFIX}{name}" if name in taken or is_our_name(name) else name: value
        for name, value in headers.items()
    }


def is_header_name(name: str) -> bool:
    """`name` in lower case."""
    return bool(_TOKEN.fullmatch(name))


def is_header_text(value: str) -> bool:
    """No control characters but the tab, and text that UTF-8 can write."""
    if _CONTROL.search(value):
        return False
    return not any("\ud800" <= char <= "\udfff" for char in value)


def is_our_name(name: str) -> bool:
    """Names (lower-case) that only Doorbell gives a value to."""
    return name.startswith("doorbell-") or name in OUR_NAMES


OUR_NAMES: Final = frozenset({"user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"})


def _travels(name: str, value: str) -> bool:
    if not is_header_name(name) or not is_header_text(value):
        return False
    if name in OF_THE_MESSAGE or name in FORWARDING or name.startswith(FORWARDING_PREFIXES):
        return False
    return not is_credential(name)
