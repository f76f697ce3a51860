"""Several events in one body: all their types are known, and each can become an event of its own."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from doorbell.domain.errors import ConfigError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.matching import OTHERS
from doorbell.domain.sources import Dedupe, EventTypeAt
from doorbell.signatures.elements import MAX_ELEMENTS, MAX_NAMED, MAX_TYPES
from doorbell.signatures.source_check import check_source
from tests.unit.signatures.bodies import event_of, examined, request_of, source_of, split, types_of
from tests.unit.signatures.cases import CASES, FORM

SECRET = CASES["microsoft-graph"].stored


def graph(*items: dict[str, Any]) -> dict[str, Any]:
    return {"value": [{"clientState": SECRET, **item} for item in items]}


def form_of(events: object) -> bytes:
    return urlencode({"mandrill_events": json.dumps(events)}).encode()


MIXED: dict[str, tuple[object, list[str]]] = {
    "sendgrid": (
        [{"event": "delivered"}, {"event": "bounce"}, {"event": "delivered"}], ["delivered", "bounce"],
    ),
    "hubspot": (
        [{"subscriptionType": "contact.creation"}, {"subscriptionType": "deal.deletion"}],
        ["contact.creation", "deal.deletion"],
    ),
    "okta": (
        {"data": {"events": [{"eventType": "user.session.start"}, {"eventType": "user.session.end"}]}},
        ["user.session.start", "user.session.end"],
    ),
    "xero": (
        {"events": [{"eventCategory": "INVOICE", "eventType": "CREATE"},
                    {"eventCategory": "CONTACT", "eventType": "CREATE"}]},
        ["INVOICE.CREATE", "CONTACT.CREATE"],
    ),
    "gocardless": (
        {"events": [{"resource_type": "mandates", "action": "created"},
                    {"resource_type": "payments", "action": "failed"}]},
        ["mandates.created", "payments.failed"],
    ),
    "asana": ({"events": [{"action": "added"}, {"action": "removed"}]}, ["added", "removed"]),
    "line": ({"events": [{"type": "message"}, {"type": "follow"}]}, ["message", "follow"]),
    "microsoft-graph": (
        graph({"changeType": "created"}, {"changeType": "updated"}, {"lifecycleEvent": "missed"}),
        ["created", "updated", "lifecycle.missed"],
    ),
    "meta": (
        {"object": "page", "entry": [{"changes": [{"field": "feed"}, {"field": "ratings"}]},
                                     {"changes": [{"field": "videos"}]}]},
        ["page.feed", "page.ratings", "page.videos"],
    ),
    "auth0": ([{"log_id": "1", "data": {"type": "s"}}, {"log_id": "2", "data": {"type": "f"}}], ["s", "f"]),
}  # fmt: skip


@pytest.mark.parametrize("provider", MIXED)
def test_all_types_in_a_body_are_known_in_order_and_each_once(provider: str) -> None:
    body, types = MIXED[provider]
    event = event_of(provider, body)
    assert (event.event_type, list(event.event_types)) == (types[0], types)


@pytest.mark.parametrize("provider", MIXED)
def test_a_body_of_one_type_says_it_as_ever(provider: str) -> None:
    body, types = MIXED[provider]
    alone = json.loads(json.dumps(body))
    below = alone
    while isinstance(below, dict):
        below = next(value for value in below.values() if isinstance(value, dict | list))
    del below[1:]
    if provider == "meta":
        del below[0]["changes"][1:]
    event = event_of(provider, alone)
    assert (event.event_type, event.event_types) == (types[0], ())


def test_types_in_a_form_of_json_are_known() -> None:
    events = [{"event": "open"}, {"event": "click"}, {"type": "blacklist", "action": "add"}]
    assert types_of("mandrill", form_of(events), FORM) == ["open", "click", "blacklist.add"]


@pytest.mark.parametrize(
    ("provider", "body", "headers", "expected"),
    [
        ("microsoft-graph", graph({"lifecycleEvent": "subscriptionRemoved"}), {},
         "lifecycle.subscriptionRemoved"),
        ("twitch", {"subscription": {"type": "channel.follow", "status": "authorization_revoked"}}, {},
         "revocation"),
        ("twitch", {"subscription": {"type": "channel.follow", "status": "enabled"}, "event": {}}, {},
         "channel.follow"),
        ("slack", {"type": "app_rate_limited"}, {}, "app_rate_limited"),
        ("slack", {"type": "event_callback", "event": {"type": "message"}}, {}, "message"),
        ("slack", b"payload=%7B%22type%22%3A%22block_actions%22%7D", FORM, "block_actions"),
        ("slack", b"command=%2Fdeploy&text=now", FORM, "/deploy"),
        ("line", {"destination": "U1", "events": []}, {}, "ping"),
        ("mandrill", form_of([]), FORM, "ping"),
        ("mailgun", {"event-data": {"event": "opened"}}, {}, "opened"),
        ("sendgrid", [], {}, "unknown"),
        ("sendgrid", [{"event": "open"}, {}], {}, "open"),
    ],
)  # fmt: skip
def test_a_providers_control_messages_have_types_of_their_own(
    provider: str, body: object, headers: dict[str, str], expected: str
) -> None:
    assert types_of(provider, body, headers)[0] == expected


def test_twitch_is_called_by_what_is_signed_whatever_its_headers_say() -> None:
    body = {"subscription": {"type": "channel.follow"}, "event": {}}
    headers = {
        "twitch-eventsub-message-type": "revocation",
        "twitch-eventsub-subscription-type": "stream.online",
    }
    assert types_of("twitch", body, headers) == ["channel.follow"]


def test_an_element_without_a_type_is_not_passed_over() -> None:
    assert types_of("sendgrid", [{"event": "open"}, {}, 7]) == ["open", "unknown"]


def test_what_is_too_much_for_the_record_is_not_silently_missed() -> None:
    many = [{"event": f"t{n}"} for n in range(MAX_TYPES + 1)]
    assert types_of("sendgrid", many[:-1])[-1] == f"t{MAX_TYPES - 1}"
    assert types_of("sendgrid", many)[MAX_TYPES - 1 :] == [f"t{MAX_TYPES - 1}", OTHERS]
    assert types_of("sendgrid", [{"event": "a"}] * MAX_NAMED) == ["a"]
    assert types_of("sendgrid", [*[{"event": "a"}] * MAX_NAMED, {"event": "b"}]) == ["a", OTHERS]


def test_a_sources_own_type_may_be_in_each_element() -> None:
    body = {"items": [{"kind": "a"}, {"kind": "b c"}]}
    assert types_of("github", body, event_type=EventTypeAt("body", "items.[].kind")) == ["a", "b_c"]


OWN: dict[str, tuple[object, object]] = {
    "sendgrid": ([{"event": "open", "sg_event_id": "a"}], [{"event": "open", "sg_event_id": "b"}]),
    "hubspot": (
        [{"subscriptionType": "t", "eventId": 1, "subscriptionId": 2, "occurredAt": 3}],
        [{"subscriptionType": "t", "eventId": 1, "subscriptionId": 2, "occurredAt": 4}],
    ),
    "okta": ({"data": {"events": [{"uuid": "a"}]}}, {"data": {"events": [{"uuid": "b"}]}}),
    "gocardless": ({"events": [{"id": "EV1"}]}, {"events": [{"id": "EV2"}]}),
    "line": ({"events": [{"webhookEventId": "w1"}]}, {"events": [{"webhookEventId": "w2"}]}),
    "microsoft-graph": (graph({"id": "n1"}), graph({"id": "n2"})),
    "auth0": ([{"log_id": "1"}], [{"log_id": "2"}]),
}


@pytest.mark.parametrize("provider", OWN)
def test_an_element_is_known_by_its_own_id_in_whatever_body_it_comes(provider: str) -> None:
    one, other = (split(provider, body).events[0] for body in OWN[provider])
    both = json.loads(json.dumps(OWN[provider][1]))
    below = both
    while isinstance(below, dict):
        below = next(value for value in below.values() if isinstance(value, dict | list))
    first = json.loads(one.body)
    below.append(first)
    together = split(provider, both, "i2").events
    assert [event.event_id for event in together] == [other.event_id, one.event_id]
    assert one.event_id != other.event_id


def test_an_element_without_an_id_has_the_whole_s_key_and_its_place() -> None:
    body = {"events": [{"eventCategory": "INVOICE", "eventType": "CREATE"}] * 2}
    one, again = split("xero", body, "i1").events, split("xero", body, "i2").events
    assert [event.event_id for event in one] == [event.event_id for event in again]
    assert one[0].event_id != one[1].event_id
    other = split("xero", {"events": body["events"], "lastEventSequence": 2}).events
    assert {event.event_id for event in one}.isdisjoint(event.event_id for event in other)


def test_no_two_elements_of_one_ring_take_each_other_for_a_repetition() -> None:
    """Fan-out tells a message that came again from another one by the ingest's id."""
    events = split("sendgrid", [{"sg_event_id": "a"}, {"sg_event_id": "a"}, {"sg_event_id": "b"}]).events
    assert len({event.ingest_id for event in events}) == 3
    assert len({event.event_id for event in events}) == 2


def test_an_element_is_the_bytes_that_came_with_a_type_of_its_own() -> None:
    body = b'[ {"event": "open", "n": 1.10 } ,\n{"event":"click","u":"\xc3\xa9"}]'
    headers = {"content-type": "application/json; charset=utf-8", "x-more": "1"}
    events = split("sendgrid", body, headers=headers).events
    assert [event.body for event in events] == [
        b'{"event": "open", "n": 1.10 }',
        b'{"event":"click","u":"\xc3\xa9"}',
    ]
    assert [(event.event_type, event.event_types, event.element) for event in events] == [
        ("open", (), 0), ("click", (), 1),
    ]  # fmt: skip
    assert {event.content_type for event in events} == {"application/json"}
    assert {event.headers["x-more"] for event in events} == {"1"}


def test_elements_of_a_packed_body_and_of_a_form_are_cut_out_too() -> None:
    packed = gzip.compress(b'{"events":[{"type":"follow"},{"type":"message"}]}')
    events = split("line", packed, headers={"content-encoding": "gzip"}).events
    assert [event.body for event in events] == [b'{"type":"follow"}', b'{"type":"message"}']
    assert "content-encoding" not in events[0].headers
    mails = split("mandrill", form_of([{"event": "open", "n": 1}]), headers=FORM).events
    assert [(event.body, event.content_type) for event in mails] == [
        (b'{"event": "open", "n": 1}', "application/json")
    ]


def test_an_element_that_has_several_events_has_their_types() -> None:
    entries = [
        {"id": "1", "changes": [{"field": "a"}, {"field": "b"}]},
        {"id": "2", "changes": [{"field": "c"}]},
    ]
    events = split("meta", {"object": "page", "entry": entries}).events
    assert [event.event_types or event.event_type for event in events] == [("page.a", "page.b"), "page.c"]
    assert json.loads(events[1].body) == entries[1]


def test_a_sources_own_key_and_type_are_read_in_each_element() -> None:
    body = {"sent": "1", "items": [{"no": 1, "kind": "a"}, {"no": 2, "kind": "b"}]}
    given: dict[str, Any] = {
        "event_type": EventTypeAt("body", "items.[].kind"),
        "dedupe": Dedupe("body", "items.[].no"),
    }
    events = split("hmac", body, **given).events
    assert [event.event_type for event in events] == ["a", "b"]
    assert [event.dedupe_key for event in events] == ["1", "2"]


def test_a_plain_list_needs_no_word_on_where_its_elements_are() -> None:
    body = [{"id": "x", "type": "a"}, {"id": "y", "type": "b"}]
    given: dict[str, Any] = {"event_type": EventTypeAt("body", "type"), "dedupe": Dedupe("body", "id")}
    events = split("hmac", body, **given).events
    assert [(event.event_type, event.dedupe_key) for event in events] == [("a", "x"), ("b", "y")]


def test_a_key_in_a_header_belongs_to_the_whole_and_each_element_adds_its_place() -> None:
    events = split("hmac", [1, 2], headers={"x-id": "r1"}, dedupe=Dedupe("header", "x-id")).events
    assert len({event.event_id for event in events}) == 2
    again = split("hmac", [1, 2], "i2", headers={"x-id": "r1"}, dedupe=Dedupe("header", "x-id")).events
    assert [event.event_id for event in again] == [event.event_id for event in events]


@pytest.mark.parametrize(
    "body", [{}, [], {"events": []}, {"events": {}}, {"events": 7}, "text", 7, b"no JSON", b"\xff"]
)
def test_a_body_without_elements_stays_one_event(body: object) -> None:
    found = examined("gocardless", request_of("gocardless", body), split=True)
    assert isinstance(found, VerifiedEvent)
    assert found.element is None


def test_a_body_of_more_elements_than_are_split_stays_whole_and_says_so() -> None:
    most = split("sendgrid", [{"sg_event_id": n} for n in range(MAX_ELEMENTS)])
    assert (len(most.events), most.too_many) == (MAX_ELEMENTS, False)
    more = split("sendgrid", [{"sg_event_id": n} for n in range(MAX_ELEMENTS + 1)])
    assert (more.events, more.too_many) == ((more.whole,), True)
    assert more.whole.element is None


def test_guarantee_1_who_signs_no_elements_cannot_have_them_split() -> None:
    with pytest.raises(ConfigError) as caught:
        check_source(source_of("mailgun", split=True))
    assert caught.value.field == "split"
    check_source(source_of("sendgrid", split=True))


def test_guarantee_1_every_element_bears_the_proof_of_the_whole() -> None:
    several = split("sendgrid", [{"event": "open"}, {"event": "click"}])
    assert {event.proof for event in several.events} == {several.whole.proof}
