"""Refused requests are kept: so many, no more, for known sources, and never at anybody's cost."""

from __future__ import annotations

import pytest

from doorbell.domain.errors import ConfigError
from doorbell.domain.refused import MOST_BODY_BYTES, PAUSE_SECONDS
from doorbell.domain.requests import Answer
from tests.support import fakes
from tests.support.builders import a_source
from tests.unit.usecases.refusing import SECRET, Desk


def test_a_refused_request_is_kept_as_it_came_with_what_it_was_answered() -> None:
    desk = Desk()
    request = desk.signed("another secret")
    kept = desk.refuse(request)
    assert (kept.status, kept.code, kept.provider) == (401, "signature_mismatch", "github")
    assert (kept.url, kept.body, kept.headers) == (request.url, request.body, dict(request.headers))
    assert (kept.at, kept.size, kept.cut, kept.masked) == (desk.clock.now, len(request.body), False, ())


def test_nothing_is_kept_of_what_is_accepted_nor_of_unknown_or_broken_sources() -> None:
    desk = Desk()
    desk.sources.items["broken"] = ConfigError("broken", "provider", "is missing")
    assert desk.ring(desk.signed()).status == 202
    assert desk.ring(desk.signed(), at="nobody").status == 404
    desk.sources.items["can be no id"] = a_source()
    assert desk.ring(desk.signed(), at="broken").status == 503
    assert desk.ring(desk.signed("another secret"), at="can be no id").status == 404
    assert desk.drawer.asked == 0


def test_the_answer_is_the_same_to_the_byte_whether_the_request_is_kept_or_not() -> None:
    """Nobody learns from it whether somebody looks."""
    answers: list[Answer] = []
    for desk in (Desk(), Desk(hourly=0), Desk(broken=fakes.unavailable())):
        answers.append(desk.ring(desk.signed("another secret")))
    assert answers[0] == answers[1] == answers[2]


def test_a_flood_of_refusals_asks_once_more_than_is_kept_and_then_not_again_within_the_hour() -> None:
    desk = Desk(hourly=20)
    desk.clock.now = 3600.0 * 500_000
    for _ in range(1000):
        desk.ring(desk.signed("another secret"))
        desk.clock.advance(1)
    assert (desk.drawer.asked, len(desk.drawer.kept)) == (21, 20)
    desk.clock.now = 3600.0 * 500_001
    desk.ring(desk.signed("another secret"))
    assert (desk.drawer.asked, len(desk.drawer.kept)) == (22, 21)


def test_a_flood_at_one_source_takes_nothing_from_another() -> None:
    desk = Desk(hourly=2)
    desk.sources.items["other"] = a_source(source_id="other")
    for _ in range(5):
        desk.ring(desk.signed("another secret"))
    desk.ring(desk.signed("another secret"), at="other")
    assert len(desk.requests.page("other", None, 10).rows) == 1


def test_of_many_the_last_are_kept() -> None:
    desk = Desk(most=3)
    for number in range(5):
        desk.clock.advance(1)
        desk.ring(desk.signed("another secret", body=b'{"n":%d}' % number))
    assert [row.body for row in desk.requests.page(desk.source_id, None, 10).rows] == [
        b'{"n":4}', b'{"n":3}', b'{"n":2}',
    ]  # fmt: skip


def test_a_store_that_fails_is_told_in_the_log_and_left_alone_for_a_while() -> None:
    desk = Desk(broken=fakes.unavailable())
    for _ in range(3):
        assert desk.ring(desk.signed("another secret")).status == 401
    assert (desk.drawer.asked, desk.log.messages("error")) == (1, ["refused_not_kept"])
    desk.drawer.broken = None
    desk.clock.advance(PAUSE_SECONDS)
    assert desk.refuse(desk.signed("another secret")).code == "signature_mismatch"


def test_a_fault_of_ours_in_keeping_is_told_by_its_kind_alone_and_changes_no_answer() -> None:
    desk = Desk(broken=ValueError("what the body says"))
    assert desk.ring(desk.signed("another secret")).status == 401
    told = [fields for _, message, fields in desk.log.lines if message == "refused_not_kept"]
    assert [fields["cause"] for fields in told] == ["ValueError"]


def test_a_body_is_cut_where_it_is_too_long_to_keep() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("another secret", body=b"x" * (MOST_BODY_BYTES + 1)))
    assert (len(kept.body), kept.size, kept.cut) == (MOST_BODY_BYTES, MOST_BODY_BYTES + 1, True)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"enabled": False}, 403, "source_disabled"),
        ({"max_body_bytes": 2}, 413, "body_too_large"),
        ({"allowed_cidrs": ("203.0.113.0/24",)}, 403, "address_not_allowed"),
        ({"content_types": ("text/xml",)}, 415, "content_type_not_allowed"),
        ({"json_schema": {"type": "array"}}, 422, "schema_mismatch"),
        ({"secrets": ("ssm:/gone",)}, 503, "source_misconfigured"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_source_s_own_rules_refuse_is_kept_too(
    change: dict[str, object], status: int, code: str
) -> None:
    desk = Desk(a_source(**change))
    kept = desk.refuse(desk.signed())
    assert (kept.status, kept.code) == (status, code)


def test_the_source_s_secret_is_masked_wherever_it_is() -> None:
    desk = Desk()
    request = desk.signed("another secret", body=b'{"leak":"' + SECRET.encode() + b'"}')
    headers = {**request.headers, "x-odd": f"see {SECRET}", "authorization": "Basic Zm9vOmJhcg=="}
    kept = desk.refuse(desk.signed("x", headers=headers, body=request.body))
    assert SECRET not in str(kept)
    assert "Zm9vOmJhcg" not in str(kept)
    assert kept.masked == ("header x-odd", "header authorization", "body")
