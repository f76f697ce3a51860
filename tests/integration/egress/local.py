"""Requests that stay on this machine."""

from __future__ import annotations

from collections.abc import Sequence

from doorbell.domain.outbound import OutboundRequest
from doorbell.egress.guard import EgressPolicy

LOCAL = EgressPolicy(allow_http=True, allowed_ports=None, allowed_cidrs=("127.0.0.1/32",))


def to_loopback(host: str, timeout_seconds: float) -> Sequence[str]:
    return ["127.0.0.1"]


def request_to(port: int, **changes: object) -> OutboundRequest:
    """A POST to subscriber.example with a generous deadline; `scheme`, `host` and `target` shape the URL."""
    scheme, host = changes.pop("scheme", "http"), changes.pop("host", "subscriber.example")
    target = changes.pop("target", "/hook")
    values: dict[str, object] = {"headers": (), "body": b"{}", "timeout_seconds": 10.0} | changes
    return OutboundRequest(f"{scheme}://{host}:{port}{target}", **values)  # type: ignore[arg-type]
