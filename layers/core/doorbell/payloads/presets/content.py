"""The body that a tool for people gets in place of the event's own."""

from collections.abc import Sequence

from doorbell.domain import json_text
from doorbell.domain.presets import PAGERDUTY
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.content import Content, turn
from doorbell.payloads.errors import COMPOSE_FAILED, ComposeError
from doorbell.payloads.presets.forms import FORMS
from doorbell.payloads.presets.message import message_of


def preset_content(
    subscription: Subscription, event: StoredEvent, body: bytes, secrets: Sequence[str]
) -> Content:
    """None of the provider's headers goes along. `secrets`: PagerDuty's routing key is the first. Raises
    `ComposeError`, and `Busy` where its turn did not come."""
    preset = subscription.preset or ""
    if preset not in FORMS:
        raise ComposeError(COMPOSE_FAILED, f"unknown preset {preset[:40]!r}")
    with turn(subscription, body):
        document, content_type = FORMS[preset](message_of(event, body, subscription.transform))
    if preset == PAGERDUTY:
        document = {"routing_key": secrets[0] if secrets else "", **document}
    made = document.encode("utf-8", "replace") if isinstance(document, str) else json_text.dumps(document)
    return Content(made, content_type, {}, fits=False)
