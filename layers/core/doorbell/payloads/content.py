"""The body that a subscriber gets, in its subscription's form."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from doorbell.domain.quick import quick
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads import cloudevents
from doorbell.payloads.errors import BODY_MISSING, COMPOSE_FAILED, ComposeError
from doorbell.payloads.provider_headers import passed_on
from doorbell.payloads.transform import transformed
from doorbell.payloads.turns import Turns

JSON: Final = "application/json"


@quick
class Content:
    """What is sent, and the provider's headers. `fits`: the headers are those of this body, whole.
    `content_type` empty = unknown."""

    body: bytes
    content_type: str
    provider_headers: Mapping[str, str]
    fits: bool


def content_of(subscription: Subscription, event: StoredEvent, body: bytes) -> Content:
    """Raises `ComposeError`, and `Busy` where its turn did not come."""
    incoming = event.incoming
    if len(body) != incoming.body.size:
        raise ComposeError(BODY_MISSING, f"{len(body)} of {incoming.body.size} bytes of the body are there")
    headers = passed_on(incoming.headers)
    content_type = headers.get("content-type", incoming.content_type)
    if subscription.transform is None and subscription.body == "raw":
        headers.pop("content-type", None)
        return Content(body, content_type, headers, fits=incoming.element is None)
    with turn(subscription, body):
        body, content_type = _made_anew(subscription, event, body, content_type)
    return Content(body, content_type, headers, fits=False)


SMALL_BYTES = 64 * 1024
"""A body up to this size is wrapped beside others: its neighbours' transforms do not hold it up."""
TURN_SECONDS = 10.0
"""Who waits longer comes again: its claim would end, and the function's time be used up by its neighbours."""
_turns = Turns("transform", TURN_SECONDS)
"""A parsed body can take thirty times its length, and a transform makes what it will: side by side, ten large
ones are more than a function has. They would not be ready sooner either: Python computes one at a time."""


@contextmanager
def turn(subscription: Subscription, body: bytes) -> Iterator[None]:
    """To make a body anew. Raises `Busy` where it does not come."""
    if subscription.transform is None and len(body) <= SMALL_BYTES:
        yield
        return
    with _turns.turn(subscription.endpoint_id):
        yield


def _made_anew(
    subscription: Subscription, event: StoredEvent, body: bytes, content_type: str
) -> tuple[bytes, str]:
    """The body and its content type."""
    if subscription.transform is not None:
        body, content_type = transformed(subscription.transform, event, body), JSON
    if subscription.body == "cloudevents":
        return cloudevents.cloudevent(event, body, content_type), cloudevents.CONTENT_TYPE
    if subscription.body != "raw":
        raise ComposeError(COMPOSE_FAILED, f"unknown body form {subscription.body[:40]!r}")
    return body, content_type
