"""Publish: `POST /events`, IAM auth. The team's own services ring."""

from typing import Any

from doorbell.domain.errors import Refusal
from doorbell.runtime import publishing, wiring
from doorbell.runtime.http import principal_of, request_from, response_of
from doorbell.usecases.problems import problem

publish = publishing.publish()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    try:
        answer = publish(principal_of(event), request_from(event).body)
    except Refusal as refusal:
        answer = problem(refusal)
    except Exception:
        wiring.log().exception("publish_failed")
        answer = problem(Refusal(500, "internal_error", "not accepted; send it again"))
    wiring.metrics().flush()
    return response_of(answer)
