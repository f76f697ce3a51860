"""A broken subscription is looked at, and loudly left out, where an event would go to it; else it is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doorbell.domain.filing import Filed
from doorbell.domain.matching import FilterError
from doorbell.domain.records import RoutingPage
from doorbell.domain.subscriptions import Interest
from doorbell.usecases.route import Route
from tests.support import fakes
from tests.support.builders import an_incoming


def routed(looked: list[str], passes: Callable[[str], bool], **wants: object) -> RoutingPage:
    """Of one that is broken, and a sound one beside it."""

    def is_sound() -> bool:
        looked.append("broken")
        return False

    given = {"enabled": True, "sources": (), "event_types": ("push",), "filter": "body.a", **wants}
    broken = Interest("broken", **given, is_sound=is_sound)  # type: ignore[arg-type]
    sound = Interest("sound", True, (), ("push",), None)

    class Filters(fakes.FakeFilters):
        def passes(self, expression: str, event: object, body: bytes, *, quick: bool = False) -> bool:
            return passes(expression)

    route = Route(
        fakes.FakeSubscriptions(), fakes.FakeBodies(), Filters(), fakes.FakeClock(), fakes.RecordingMetrics()
    )
    incoming = an_incoming()
    return route.matches(incoming, Filed([broken, sound]), 1.0, lambda: b'{"a":1}')


def fails(expression: str) -> bool:
    raise FilterError("no such function")


@pytest.mark.parametrize("passes", [lambda expression: True, fails], ids=["matches", "filter fails"])
def test_where_it_would_get_the_event_or_its_filter_fails_it_is_looked_at_and_left_out(
    passes: Callable[[str], bool],
) -> None:
    looked = list[str]()
    page = routed(looked, passes)
    assert looked == ["broken"]
    assert page.matched == ("sound",)
    assert [one.subscription_id for one in page.matches] == ["sound"]


def test_where_its_filter_says_no_nobody_looks_at_what_else_is_broken() -> None:
    looked = list[str]()
    assert routed(looked, lambda expression: False).matched == ("sound",)
    assert looked == []
