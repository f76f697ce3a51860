"""Ingest: `ANY /in/{source_id}`. A provider rings."""

from typing import Any

from doorbell.domain.errors import Refusal
from doorbell.runtime import inbound, wiring
from doorbell.runtime.http import request_from, response_of
from doorbell.usecases.problems import problem

accept = inbound.accept()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    try:
        answer = accept(event.get("pathParameters", {}).get("source_id", ""), request_from(event))
    except Refusal as refusal:
        answer = problem(refusal)
    except Exception:
        wiring.log().exception("ingest_failed")
        answer = problem(Refusal(500, "internal_error", "not accepted; send it again"))
    wiring.metrics().flush()
    return response_of(answer)
