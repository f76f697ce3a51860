"""Accepting a refused request: no event without proof, still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.errors import ConfigError, Refusal
from doorbell.domain.refused import MOST_BODY_BYTES
from doorbell.signatures.signing.request import sign_request
from tests.support import fakes
from tests.support.builders import a_request, a_source
from tests.unit.usecases.refusing import MINUTE, SECRET, URL, Desk

WHO = "arn:aws:iam::123456789012:user/ada"


def refusal(desk: Desk, refused_id: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        desk.requests.accept(desk.source_id, refused_id, WHO)
    assert desk.queue.sent == []
    return caught.value


def test_when_the_secret_is_mended_the_request_is_accepted_as_if_it_had_been_then() -> None:
    desk = Desk()
    came = desk.clock.now
    kept = desk.refuse(desk.signed("the provider's own"))
    desk.clock.advance(3600)
    desk.secrets.values["ssm:/s"] = "the provider's own"
    accepted = desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    ((event, body),) = desk.queue.sent
    assert accepted.event_ids == (event.event_id,)
    assert (event.received_at, event.dedupe_key, body.inline) == (came, "d1", b'{"n":1}')


def test_who_accepted_and_when_is_on_record() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("the provider's own"))
    desk.secrets.values["ssm:/s"] = "the provider's own"
    desk.clock.advance(60)
    desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    (row,) = desk.requests.page(desk.source_id, None, 10).rows
    assert row.accepted is not None
    assert (row.accepted.by, row.accepted.at) == (WHO, desk.clock.now)
    assert "refused_accepted" in desk.log.messages()


def test_it_is_on_record_before_anything_is_enqueued_so_that_no_crash_leaves_it_unknown() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("the provider's own"))
    desk.secrets.values["ssm:/s"] = "the provider's own"
    desk.queue.faults.before["send_event"] = [fakes.Crash()]
    with pytest.raises(fakes.Crash):
        desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    assert desk.drawer.accepted[kept.refused_id].by == WHO
    desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    assert len(desk.queue.sent) == 1


def test_accepted_twice_it_is_the_same_ring_to_fan_out() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("the provider's own"))
    desk.secrets.values["ssm:/s"] = "the provider's own"
    for _ in range(2):
        desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    one, other = [event for event, _ in desk.queue.sent]
    assert (one.ingest_id, one.event_id) == (other.ingest_id, other.event_id)


def test_guarantee_1_what_is_not_proven_now_either_is_refused_again() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("a stranger's"))
    assert refusal(desk, kept.refused_id).code == "signature_mismatch"


def test_guarantee_1_a_request_is_judged_at_the_time_it_came_and_not_at_the_time_of_accepting() -> None:
    """An old request that was refused for something else must not become fresh by waiting."""
    desk = Desk(a_source(provider="stripe", allowed_cidrs=("203.0.113.0/24",)))
    old = desk.clock.now - 10 * MINUTE
    request = sign_request("stripe", SECRET, url=URL, body=b'{"id":"1"}', headers={}, now=old)
    kept = desk.refuse(replace(request, source_ip="192.0.2.7"))
    assert kept.code == "address_not_allowed"
    desk.sources.items[desk.source_id] = a_source(provider="stripe")
    assert refusal(desk, kept.refused_id).code == "timestamp_out_of_tolerance"


def test_guarantee_1_what_was_refused_for_its_time_is_never_accepted_whatever_the_source_says_now() -> None:
    desk = Desk(a_source(provider="stripe"))
    old = desk.clock.now - 10 * MINUTE
    kept = desk.refuse(sign_request("stripe", SECRET, url=URL, body=b'{"id":"1"}', headers={}, now=old))
    assert kept.code == "timestamp_out_of_tolerance"
    desk.sources.items[desk.source_id] = a_source(provider="stripe", tolerance_seconds=86_400)
    assert refusal(desk, kept.refused_id).code == "not_acceptable"


@pytest.mark.parametrize("code", ["timestamp_out_of_tolerance", "timestamp_missing", "timestamp_malformed"])
def test_guarantee_1_whatever_was_wrong_with_its_time_it_is_never_accepted(code: str) -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("the provider's own"))
    desk.secrets.values["ssm:/s"] = "the provider's own"
    desk.drawer.kept = {place: replace(one, code=code) for place, one in desk.drawer.kept.items()}
    assert refusal(desk, kept.refused_id).code == "not_acceptable"


def test_guarantee_1_what_is_not_kept_whole_is_never_accepted() -> None:
    desk = Desk(a_source(allowed_cidrs=("203.0.113.0/24",)))
    long = desk.refuse(desk.signed(body=b"x" * (MOST_BODY_BYTES + 1)))
    request = desk.signed()
    desk.clock.advance(1)
    bears = desk.refuse(replace(request, headers={**request.headers, "authorization": "Bearer abcdefgh"}))
    desk.sources.items[desk.source_id] = a_source()
    cut, masked = refusal(desk, long.refused_id), refusal(desk, bears.refused_id)
    assert (cut.code, masked.code) == ("not_acceptable", "not_acceptable")
    assert "bytes are kept" in cut.detail
    assert "header authorization" in masked.detail


def test_guarantee_1_the_source_s_other_rules_hold_too() -> None:
    desk = Desk(a_source(enabled=False))
    kept = desk.refuse(desk.signed())
    assert refusal(desk, kept.refused_id).code == "source_disabled"
    for change, code in (
        ({"allowed_cidrs": ("203.0.113.0/24",)}, "address_not_allowed"),
        ({"max_body_bytes": 2}, "body_too_large"),
        ({"content_types": ("text/xml",)}, "content_type_not_allowed"),
        ({"json_schema": {"type": "array"}}, "schema_mismatch"),
    ):
        desk.sources.items[desk.source_id] = a_source(**change)
        assert refusal(desk, kept.refused_id).code == code


def test_a_handshake_is_not_accepted_and_teaches_the_source_nothing() -> None:
    waiting = a_source(provider="asana", options={"awaits_handshake": "true"})
    desk = Desk(replace(waiting, options={}))
    hello = a_request(headers={"x-hook-secret": "0123456789abcdef"})
    kept = desk.refuse(hello)
    assert kept.code == "handshake_not_expected"
    desk.sources.items[desk.source_id] = waiting
    assert refusal(desk, kept.refused_id).code == "not_acceptable"  # the secret is masked
    ping = sign_request(
        "github", SECRET, url=URL, body=b"{}", headers={"x-github-event": "ping"}, now=desk.clock.now
    )
    other = Desk(a_source(enabled=False))
    kept = other.refuse(ping)
    other.sources.items[other.source_id] = a_source()
    assert refusal(other, kept.refused_id).code == "handshake"
    assert desk.sources.learned == {}


def test_a_source_that_is_broken_or_gone_accepts_nothing_and_still_shows_what_is_kept() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("a stranger's"))
    desk.sources.items[desk.source_id] = ConfigError(desk.source_id, "provider", "is missing")
    with pytest.raises(ConfigError):
        desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    assert desk.requests.explain(desk.source_id).words == (
        "The source cannot be used now: provider: is missing.",
    )
    del desk.sources.items[desk.source_id]
    assert refusal(desk, kept.refused_id).code == "unknown_source"
    assert desk.requests.explain(desk.source_id).words == ("The source is not there any more.",)


def test_an_id_that_is_not_kept_is_unknown_and_what_can_be_no_id_is_told_so() -> None:
    desk = Desk()
    assert refusal(desk, "000nobody").code == "unknown_refused"
    with pytest.raises(Refusal, match="no_such_id"):
        desk.requests.page("a b", None, 10)


def test_pages_go_on_where_the_last_one_ended_and_say_so_when_that_is_gone() -> None:
    desk = Desk()
    for _ in range(3):
        desk.clock.advance(1)
        desk.ring(desk.signed("another secret"))
    first = desk.requests.page(desk.source_id, None, 2)
    rest = desk.requests.page(desk.source_id, first.after, 2)
    assert [len(first.rows), len(rest.rows), rest.after] == [2, 1, None]
    with pytest.raises(Refusal, match="bad_cursor"):
        desk.requests.page(desk.source_id, "000gone", 2)


def test_without_its_secret_the_request_is_shown_and_what_is_missing_is_said() -> None:
    desk = Desk()
    desk.refuse(desk.signed("another secret"))
    desk.secrets.values.clear()
    explained = desk.requests.explain(desk.source_id)
    assert explained.fits_now is None
    assert explained.words == ("Its secret ssm:/s cannot be read: not there.",)
