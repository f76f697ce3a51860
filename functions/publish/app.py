"""Publish: `POST /events`, IAM auth. The team's own services ring."""

from typing import Any

from doorbell.domain.errors import Refusal
from doorbell.domain.headers import trace_of
from doorbell.runtime import publishing, wiring
from doorbell.runtime.http import principal_of, request_from, response_of
from doorbell.runtime.invocation import invocation
from doorbell.usecases.problems import problem

publish = publishing.publish()


@invocation
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    try:
        request = request_from(event)
        answer = publish(principal_of(event), request.body, trace_of(request.headers))
    except Refusal as refusal:
        answer = problem(refusal)
    except Exception:
        wiring.logger().exception("publish_failed")
        answer = problem(Refusal(500, "internal_error", "not accepted; send it again"))
    return response_of(answer)
