"""Lambda, asynchronously: the function's event has the body and the headers. Lambda has its own retries."""

import json
from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import GONE, THROTTLED, TOO_LARGE, Service
from doorbell.targets.texts import is_cloudevent, packed, with_hops

MAX_BYTES: Final = 1_048_576
"""Of an asynchronous invocation. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    return {"FunctionName": arn.text, "InvocationType": "Event", "Payload": payload(request)}


def payload(request: TargetRequest) -> bytes:
    """A CloudEvent as it is; all else as a function behind a URL gets it: headers, body, and a flag."""
    if is_cloudevent(request):
        return request.body
    whole = {"headers": with_hops(request), **packed(request.body)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _size(parameters: Mapping[str, Any]) -> int:
    return len(parameters["Payload"])


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.invoke(**parameters)
    return answer


LAMBDA = Service(
    name="lambda",
    operation="Invoke",
    action="lambda:InvokeFunction",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={
        "ResourceNotFoundException": GONE,
        "EC2ThrottledException": THROTTLED,
        "RequestTooLargeException": TOO_LARGE,
        "SerializedRequestEntityTooLargeException": TOO_LARGE,
    },
)
