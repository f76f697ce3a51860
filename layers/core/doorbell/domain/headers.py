"""What may be in a header, and which headers a subscription may add."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from doorbell.domain.credentials import is_credential, is_secret_reference

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

TRACE: Final = ("traceparent", "tracestate")
"""Which trace a request is part of, and what tools add. They say nothing of the body; who takes no part
in a trace passes them on as they are. https://www.w3.org/TR/trace-context/"""

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,256}")  # RFC 9110, 5.6.2
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

MAX_HEADERS: Final = 40
MAX_HEADERS_CHARS: Final = 8 * 1024
"""Servers commonly take 8 KiB of headers in all or in one line; API Gateway took 10 KiB from the provider."""

_OF_THE_BODY: Final = frozenset({"content-encoding", "content-type"})


def first_problem(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Why a subscription's `headers` cannot be used: the name ("" = all of them) and what is wrong; values
    are never shown."""
    if len(headers) > MAX_HEADERS or sum(len(n) + len(v) for n, v in headers.items()) > MAX_HEADERS_CHARS:
        return "", f"more than {MAX_HEADERS} headers, or {MAX_HEADERS_CHARS} characters of them"
    seen: set[str] = set()
    for name, value in headers.items():
        lower = name.lower()
        if not is_header_name(lower):
            return "", "a name that no header can have"
        if problem := malformed(lower, value) or _not_allowed(lower, value):
            return name, problem
        if lower in seen:
            return name, "given twice"
        seen.add(lower)
    return None


def trace_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of `headers` (lower-case names) that name a trace."""
    return {name: headers[name] for name in TRACE if name in headers}


def malformed(name: str, value: str) -> str | None:
    """`name` in lower case."""
    if not is_header_name(name):
        return "a name that no header can have"
    if not is_header_text(value) or value != value.strip():
        return "control characters, half a surrogate pair, or space at the ends, in the value"
    return None


def _not_allowed(name: str, value: str) -> str | None:
    if is_reserved(name):
        return "set by Doorbell or by the connection"
    if is_credential(name) and not is_secret_reference(value):
        return "a credential is written as a secret reference: ssm:…, secretsmanager:… or kms:…"
    return None


def is_reserved(name: str) -> bool:
    """Names (lower-case) a subscription cannot set."""
    return (
        is_our_name(name)
        or name in HOP_BY_HOP
        or name in OF_THE_MESSAGE
        or name in _OF_THE_BODY
        or name in FORWARDING
        or name.startswith(FORWARDING_PREFIXES)
    )


def is_header_name(name: str) -> bool:
    """`name` in lower case."""
    return bool(_TOKEN.fullmatch(name))


def is_header_text(value: str) -> bool:
    """No control characters but the tab, and text that UTF-8 can write."""
    return _NOT_TEXT.search(value) is None


def are_header_texts(values: Iterable[str]) -> bool:
    """All of them, asked once."""
    return is_header_text(" ".join(values))


def is_our_name(name: str) -> bool:
    """Names (lower-case) that only Doorbell gives a value to."""
    return name.startswith("doorbell-") or name in OUR_NAMES


STANDARD_NAMES: Final = frozenset({"webhook-id", "webhook-signature", "webhook-timestamp"})
"""Of the Standard Webhooks: ours, or the provider's whole where it is its signature that travels."""

OUR_NAMES: Final = frozenset({"user-agent", *STANDARD_NAMES})
