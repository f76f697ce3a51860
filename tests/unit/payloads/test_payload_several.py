"""What subscribers see of a body with several events, and of one event that was cut out of it."""

from __future__ import annotations

from collections.abc import Callable

from doorbell.domain.matching import OTHERS
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.compose import Composer
from doorbell.payloads.filters import Filters
from doorbell.payloads.own_headers import doorbell_headers

Make = Callable[..., StoredEvent]
Subscribe = Callable[..., Subscription]


def test_filters_see_all_types_of_a_body(make_event: Make) -> None:
    several = make_event(event_type="delivered", event_types=("delivered", "bounce")).incoming
    one = make_event(event_type="delivered").incoming
    for event, expected in ((several, True), (one, False)):
        assert Filters().passes("contains(event.types, 'bounce')", event, b"[]") is expected
        assert Filters().passes("contains(event.types, event.type)", event, b"[]")


def test_a_subscriber_is_told_all_types_of_a_body(make_event: Make) -> None:
    several = doorbell_headers(make_event(event_type="a", event_types=("a", "b.c")), 1, "9")
    assert (several["doorbell-event-type"], several["doorbell-event-types"]) == ("a", "a,b.c")
    assert "doorbell-event-types" not in doorbell_headers(make_event(event_type="a"), 1, "9")


def test_a_header_of_many_types_has_a_bound_and_says_that_there_are_more(make_event: Make) -> None:
    types = tuple(f"{'t' * 100}{n}" for n in range(100))
    listed = doorbell_headers(make_event(event_types=types), 1, "9")["doorbell-event-types"]
    assert len(listed) <= 1024
    assert listed.split(",")[:-1] == list(types[: listed.count(",")])
    assert listed.split(",")[-1] == OTHERS


def test_an_event_that_was_cut_out_of_a_body_bears_no_header_that_spoke_of_all_of_it(
    make_event: Make, make_subscription: Subscribe, composer: Composer
) -> None:
    body = b'{"event":"bounce"}'
    headers = {"content-type": "application/json", "x-signature": "of the whole", "user-agent": "SendGrid"}
    part = composer.compose(make_subscription(), make_event(body, headers=headers, element=3), body, 1, 0)
    sent = dict(part.headers)
    assert (part.body, sent["content-type"]) == (body, "application/json")
    assert "x-signature" not in sent
    assert sent["doorbell-original-x-signature"] == "of the whole"
    whole = composer.compose(make_subscription(), make_event(body, headers=headers), body, 1, 0)
    assert dict(whole.headers)["x-signature"] == "of the whole"
