"""Stripe's list of an account's events; thirty days are kept. What the endpoint would have been sent and is
not here is taken as the list has it. https://docs.stripe.com/api/events/list

`delivery_success` is not asked for: what Stripe takes for delivered may be lost here all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

from doorbell.domain.backfill import Gone, Later, Listed, NotPossible, Page
from doorbell.domain.json_slices import slices
from doorbell.egress.api import TROUBLE_SECONDS, Api

BASE: Final = "https://api.stripe.com"
PER_PAGE: Final = 100
OTHER_VERSION: Final = "rendered in API version {}; a webhook's may be another"


@dataclass(slots=True)
class StripeList:
    """`hook`: the id of the webhook endpoint, whose types are asked first. `take` lets an event in, with what
    is to be known of it."""

    api: Api
    hook: str
    take: Callable[[Listed, str], None]
    pause_seconds: float = 0.0
    _types: frozenset[str] = field(default_factory=frozenset)

    def check(self, source_id: str) -> None:
        try:
            answer = self.api.call("GET", f"/v1/webhook_endpoints/{self.hook}").json()
        except Gone as error:
            raise NotPossible(f"there is no endpoint {self.hook}, or the key may not read it") from error
        url = answer.get("url") if isinstance(answer, dict) else None
        if not isinstance(url, str) or urlsplit(url).path.rpartition("/")[2] != source_id:
            raise NotPossible(
                f"the endpoint {self.hook} does not ring at this source: its URL ends otherwise"
            )
        types = answer.get("enabled_events")
        self._types = frozenset(map(str, types if isinstance(types, list) else []))

    def page(self, cursor: str | None, since: float) -> Page:
        after = f"&starting_after={quote(cursor, safe='')}" if cursor else ""
        answer = self.api.call("GET", f"/v1/events?limit={PER_PAGE}&created%5Bgte%5D={int(since)}{after}")
        text = answer.body.decode("utf-8", "replace")
        try:
            events, whole = slices(text, ("data", "[]"), PER_PAGE), json.loads(text)
            read = [(json.loads(event), event) for event in events]
            more = read[-1][0]["id"] if read and whole.get("has_more") is True else None
            return Page(tuple(self._listed(*one) for one in read if self._wanted(one[0])), more)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Later(TROUBLE_SECONDS, "its list cannot be read") from None

    def bring(self, row: Listed) -> None:
        self.take(row, row.answered)

    def _wanted(self, event: dict[str, Any]) -> bool:
        return "*" in self._types or event["type"] in self._types

    def _listed(self, event: dict[str, Any], text: str) -> Listed:
        version = OTHER_VERSION.format(event["api_version"]) if event.get("api_version") else ""
        return Listed(
            name=str(event["id"]),
            key=str(event["id"]),
            at=float(event["created"]),
            event_type=str(event["type"]),
            arrived=True,
            answered=version,
            body=text.encode(),
        )
