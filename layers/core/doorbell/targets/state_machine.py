"""Step Functions: an execution whose input is the body, its name the event's for this subscription."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from doorbell.domain.subscriptions import scoped
from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import GONE, THROTTLED, Service
from doorbell.targets.texts import json_object

MAX_BYTES: Final = 262_144
"""Of the input in UTF-8, as botocore's model of StartExecution says too.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"""
MAX_NAME_CHARS: Final = 80
DELIVERED: Final = 200


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    return {"stateMachineArn": arn.text, "name": name_of(request), "input": json_object(request.body)}


def name_of(request: TargetRequest) -> str:
    """What makes a second send one with the first, until 90 days after the execution ended. The event's id
    has 36 characters and a subscription's name up to 129, so the latter is hashed."""
    subscription = sha256(scoped(request.tenant_id, request.subscription_id).encode()).hexdigest()
    return f"{request.event_id}-{subscription}"[:MAX_NAME_CHARS]


def _size(parameters: Mapping[str, Any]) -> int:
    return len(parameters["input"].encode())


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.start_execution(**parameters)
    return answer


STATES = Service(
    name="states",
    operation="StartExecution",
    action="states:StartExecution",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={
        "ExecutionAlreadyExists": DELIVERED,
        "ExecutionLimitExceeded": THROTTLED,
        "StateMachineDoesNotExist": GONE,
        "StateMachineDeleting": GONE,
    },
    api="stepfunctions",
)
"""An execution of that name was started by an earlier send: nobody else makes such names."""
