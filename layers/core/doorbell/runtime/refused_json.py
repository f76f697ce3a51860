"""Refused requests as JSON, the same over HTTP and from the CLI."""

from base64 import b64encode
from typing import Any

from doorbell.domain.refused import Accepted, Refused
from doorbell.runtime.admin_api import iso
from doorbell.runtime.body_json import text_of
from doorbell.usecases.refused import Explained


def refused_json(refused: Refused) -> dict[str, Any]:
    """Without headers and body."""
    return {
        "refused_id": refused.refused_id,
        "at": iso(refused.at),
        "status": refused.status,
        "code": refused.code,
        "method": refused.method,
        "url": refused.url,
        "source_ip": refused.source_ip,
        "size": refused.size,
        "cut": refused.cut,
        "masked": list(refused.masked),
        "accepted": None if refused.accepted is None else accepted_json(refused.accepted),
    }


def explained_json(explained: Explained) -> dict[str, Any]:
    refused = explained.refused
    text = text_of(refused.body)
    return {
        **refused_json(refused),
        "headers": dict(refused.headers),
        "body": text,
        "body_base64": b64encode(refused.body).decode() if text is None else None,
        "fits_now": explained.fits_now,
        "words": list(explained.words),
        "not_acceptable": explained.not_acceptable,
    }


def accepted_json(accepted: Accepted) -> dict[str, Any]:
    return {"by": accepted.by, "at": iso(accepted.at), "event_ids": list(accepted.event_ids)}
