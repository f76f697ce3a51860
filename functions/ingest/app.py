"""Ingest: `ANY /in/{source_id}`, with or without a slash at its end. A provider rings."""

from typing import Any

from doorbell.domain.errors import Refusal
from doorbell.runtime import inbound, wiring
from doorbell.runtime.http import request_from, response_of, source_id_of
from doorbell.runtime.invocation import invocation
from doorbell.usecases.problems import problem

accept = inbound.accept()


@invocation
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    try:
        answer = accept(source_id_of(event), request_from(event))
    except Refusal as refusal:
        answer = problem(refusal)
    except Exception:
        wiring.logger().exception("ingest_failed")
        answer = problem(Refusal(500, "internal_error", "not accepted; send it again"))
    return response_of(answer)
