"""EventBridge: an entry whose source is `doorbell/<source_id>`, its type the event's, its detail the body."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import DENIED, GONE, NOT_NOW, Service
from doorbell.targets.texts import HOPS, LARGE, json_object

MAX_BYTES: Final = 1_048_575
"""An entry must be smaller than 1 MB, as botocore's model of PutEvents says too; it was 256 KB before.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html has how it is counted."""
MAX_TYPE_CHARS: Final = 128


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    """`Resources` is where what has no other place goes: the webhook id, the hops, and whether the
    detail is a pointer."""
    entry = {
        "EventBusName": arn.text,
        "Source": f"doorbell/{request.source_id}",
        "DetailType": request.event_type[:MAX_TYPE_CHARS] or "unknown",
        "Detail": json_object(request.body),
        "Resources": [request.event_id, f"{HOPS}/{request.hops}", *_large(request)],
    }
    return {"Entries": [entry]}


def _large(request: TargetRequest) -> tuple[str, ...]:
    said = dict(request.headers).get(LARGE)
    return () if said is None else (f"{LARGE}/{said}",)


def _size(parameters: Mapping[str, Any]) -> int:
    (entry,) = parameters["Entries"]
    texts = (entry["Source"], entry["DetailType"], entry["Detail"], *entry["Resources"])
    return sum(len(text.encode()) for text in texts)


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.put_events(**parameters)
    return answer


def _refused(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """Entries fail one by one, and the call does not."""
    (entry,) = answer["Entries"]
    code = entry.get("ErrorCode")
    return None if code is None else (str(code), str(entry.get("ErrorMessage", "")))


EVENTBRIDGE = Service(
    name="events",
    operation="PutEvents",
    action="events:PutEvents",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={
        "ResourceNotFoundException": GONE,
        "NotAuthorizedForSourceException": DENIED,
        "NotAuthorizedForDetailTypeException": DENIED,
        "InternalFailure": NOT_NOW,
        "InternalException": NOT_NOW,
    },
    refused=_refused,
)
