"""Twitch EventSub: what a message is called.

A revocation has the subscription and no event; the header that says so is not signed.
https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#revoking-your-subscription
"""

from doorbell.domain.paths import walk
from doorbell.domain.requests import RawRequest
from doorbell.signatures.parsing import inside

REVOCATION = "revocation"


def fact(request: RawRequest, name: str) -> str | None:
    data = inside(request)
    kind = walk(data, "subscription.type")
    if not isinstance(data, dict) or not isinstance(kind, str):
        return None
    return kind if "event" in data or "events" in data else REVOCATION
