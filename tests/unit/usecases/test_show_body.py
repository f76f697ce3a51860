"""What came in, for an operator: whole, or a link to it, and never in the place of something that is gone."""

from __future__ import annotations

import pytest

from doorbell.domain.errors import Refusal
from doorbell.domain.events import BodyAt
from doorbell.domain.records import StoredEvent
from doorbell.runtime.body_json import body_json
from doorbell.usecases.show_body import INLINE_BYTES, LINK_SECONDS, ShowBody
from tests.support.builders import a_stored_event, an_incoming
from tests.support.fakes import FakeClock


class Kept:
    """Events and bodies in memory."""

    def __init__(self, body: BodyAt, *objects: bytes) -> None:
        self.event = a_stored_event(an_incoming(body))
        self.objects = {f"acme/ing_{n}": content for n, content in enumerate(objects)}

    def get(self, key: str, now: float | None = None) -> StoredEvent | bytes | None:
        if now is None:
            return self.objects[key]
        return self.event if key == self.event.event_id else None

    def link(self, key: str, seconds: int) -> str:
        return f"https://bucket/{key}?for={seconds}"

    @property
    def show(self) -> ShowBody:
        return ShowBody(self, self, FakeClock())  # type: ignore[arg-type]


def in_bucket(size: int) -> BodyAt:
    return BodyAt(size, key="acme/ing_0")


def test_a_body_is_shown_from_the_item_and_from_the_bucket() -> None:
    assert Kept(BodyAt(2, b"{}")).show("evt_1").body == b"{}"
    assert Kept(in_bucket(5), b"large").show("evt_1").body == b"large"


def test_a_long_one_is_a_link_for_a_minute_and_nothing_is_read() -> None:
    found = Kept(in_bucket(INLINE_BYTES + 1)).show("evt_1")
    assert (found.body, found.link) == (None, f"https://bucket/acme/ing_0?for={LINK_SECONDS}")
    assert Kept(in_bucket(INLINE_BYTES), b"x").show("evt_1").link is None


def test_text_is_shown_as_text_and_what_is_none_in_base64_whatever_its_type_says() -> None:
    shown = body_json(Kept(BodyAt(8, b"<script>")).show("evt_1"))
    assert (shown["body"], shown["body_base64"]) == ("<script>", None)
    binary = body_json(Kept(BodyAt(2, b"\xff\xfe")).show("evt_1"))
    assert (binary["body"], binary["body_base64"]) == (None, "//4=")


@pytest.mark.parametrize(("event_id", "code"), [("evt_2", "unknown_event"), ("evt_1", "body_gone")])
def test_what_is_gone_is_told_so(event_id: str, code: str) -> None:
    with pytest.raises(Refusal, match=f"404 {code}"):
        Kept(in_bucket(5)).show(event_id)
