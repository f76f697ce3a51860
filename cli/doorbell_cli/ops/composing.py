"""The body that a subscription would get of one recorded event. Nothing is signed, and no secret is read."""

from doorbell.domain.presets import PAGERDUTY
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.content import Content, content_of
from doorbell.payloads.presets.content import preset_content

IN_PLACE_OF_A_KEY = "(its routing key)"


def body_for(subscription: Subscription, event: StoredEvent, body: bytes) -> Content:
    """Raises `ComposeError`, and `Busy`."""
    if subscription.preset is None:
        return content_of(subscription, event, body)
    secrets = (IN_PLACE_OF_A_KEY,) if subscription.preset == PAGERDUTY else ()
    return preset_content(subscription, event, body, secrets)
