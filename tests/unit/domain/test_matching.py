"""Which subscription wants an event, why (not), and how that is kept."""

from __future__ import annotations

import pytest

from doorbell.domain.matching import OTHERS, FilterError, Reason, match, type_glob
from doorbell.domain.subscriptions import Subscription, scoped
from tests.support.builders import a_subscription


def reason(subscription: Subscription, *, passes: bool = True) -> Reason:
    return match(
        subscription, source_id="github-main", event_type="invoice.paid", passes=lambda _: passes
    ).reason


@pytest.mark.parametrize(
    "glob", ["*", "invoice.*", "invoice.paid", "*.paid", "inv?ice.paid", "invoice.p[ab]id"]
)
def test_an_event_type_glob_matches(glob: str) -> None:
    assert reason(a_subscription(event_types=("other", glob))) is Reason.MATCHED


@pytest.mark.parametrize("glob", ["", "invoice", "Invoice.*", "invoice.paid.*", "paid", "invoice.?"])
def test_an_event_type_glob_does_not_match(glob: str) -> None:
    assert reason(a_subscription(event_types=(glob,))) is Reason.EVENT_TYPE


def test_a_subscription_that_names_nothing_gets_everything() -> None:
    assert reason(a_subscription()) is Reason.MATCHED


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("github-main",), Reason.MATCHED),
        (("x", "github-main"), Reason.MATCHED),
        (("github",), Reason.SOURCE),
    ],
)
def test_sources_match_by_their_whole_name(sources: tuple[str, ...], expected: Reason) -> None:
    assert reason(a_subscription(sources=sources)) is expected


def test_a_disabled_subscription_matches_nothing_whatever_else_it_says() -> None:
    assert reason(a_subscription(enabled=False, sources=("other",))) is Reason.DISABLED


@pytest.mark.parametrize(("passes", "expected"), [(True, Reason.MATCHED), (False, Reason.FILTER)])
def test_a_filter_decides_last(passes: bool, expected: Reason) -> None:
    assert reason(a_subscription(filter="body.x"), passes=passes) is expected


def test_a_filter_is_not_evaluated_for_an_event_that_does_not_match_anyway() -> None:
    def never(_: str) -> bool:
        raise FilterError("evaluated")

    subscription = a_subscription(filter="body.x", sources=("other",))
    assert match(subscription, source_id="s", event_type="t", passes=never).reason is Reason.SOURCE


def test_a_filter_that_cannot_be_evaluated_does_not_match_and_says_why_in_bounds() -> None:
    def broken(_: str) -> bool:
        raise FilterError("x" * 1000)

    found = match(a_subscription(filter="body.x"), source_id="s", event_type="t", passes=broken)
    assert (found.matched, found.reason, found.detail) == (False, Reason.FILTER_ERROR, "x" * 200)


def test_one_type_that_fits_is_enough_where_a_body_has_several() -> None:
    wants = a_subscription(event_types=("bounce", "drop*"))

    def reason_of(*types: str) -> Reason:
        return match(
            wants, source_id="s", event_type=types[0], event_types=types, passes=lambda _: True
        ).reason

    assert reason_of("delivered", "bounce") is Reason.MATCHED
    assert reason_of("delivered", "open", "dropped") is Reason.MATCHED
    assert reason_of("delivered", "open") is Reason.EVENT_TYPE
    assert reason_of("delivered", OTHERS) is Reason.MATCHED, "what is not on record may be what it wants"


def test_two_tenants_subscriptions_of_one_name_are_two_endpoints() -> None:
    assert a_subscription(tenant_id="a").endpoint_id != a_subscription(tenant_id="b").endpoint_id
    assert scoped("acme", "sub") == "acme/sub"


@pytest.mark.parametrize("glob", ["[ -~]*", "[!@]*", "[^p]*", "[]a b]x", "a[+-9]", "*.p[!x]id"])
def test_a_class_of_characters_in_a_glob_stays_as_it_is(glob: str) -> None:
    assert type_glob(glob) == glob


def test_a_bracket_that_makes_no_class_is_a_character_like_others() -> None:
    assert (type_glob("a[b"), type_glob("Hello!"), type_glob("a]")) == ("a_b", "Hello_", "a_")
