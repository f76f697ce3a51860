"""The details of an attempt as JSON, the same over HTTP and from the CLI."""

from typing import Any

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.runtime.admin_api import iso


def details_json(details: AttemptDetails) -> dict[str, Any]:
    """Headers as pairs: a name may come twice."""
    wire = details.wire
    return {
        "generation": details.key.generation,
        "number": details.number,
        "at": iso(details.at),
        "address": wire.address,
        "kept_connection": wire.is_kept,
        "signed_by": list(wire.signed_by),
        "request_headers": [{"name": name, "value": value} for name, value in wire.sent],
        "answer_headers": [{"name": name, "value": value} for name, value in wire.answered],
        "headers_cut": wire.is_cut,
        "dns_ms": wire.dns_ms,
        "connect_ms": wire.connect_ms,
        "tls_ms": wire.tls_ms,
        "first_byte_ms": wire.first_byte_ms,
        "total_ms": details.total_ms,
        "kept_until": iso(details.expires_at),
    }
