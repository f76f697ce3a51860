"""With which sources a delivery id is looked for, and what is said of those that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from doorbell.domain.errors import Refusal
from doorbell.domain.events import event_id_for
from doorbell.usecases.find import SOURCES_TRIED, Find, Found, What

PUBLISHED, ONE_CALL = "publish", 50


@dataclass
class Item:
    values: dict[str, Any]


class Items:
    """Of a tenant's sources; `more`: there are others behind them."""

    def __init__(self, *names: str, more: bool = False) -> None:
        self.names, self.more = names, more

    def get(self, *key: str) -> Item | None:
        return Item({"tenant_id": "acme"}) if key[-1] in self.names else None

    def page(
        self, tenant_id: str | None = None, *, limit: int = 100, after: Sequence[str] | None = None
    ) -> tuple[list[Item], tuple[str, ...] | None]:
        return [Item({"source_id": name}) for name in self.names], ("behind",) if self.more else None


class Events:
    def __init__(self, **there: int) -> None:
        self.there, self.asked = there, list[str]()

    def newest_of(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        self.asked += event_ids
        return {name: self.there[name] for name in event_ids if name in self.there}


def find(sources: Items, events: Events | None = None) -> Find:
    return Find(Items(), sources, events or Events(), lambda text: text, PUBLISHED)


@pytest.mark.parametrize(
    ("there", "behind", "more"),
    [(0, False, False), (SOURCES_TRIED, False, False), (SOURCES_TRIED + 1, False, True), (1, True, True)],
)
def test_who_has_more_sources_than_are_tried_is_told_so(there: int, behind: bool, more: bool) -> None:
    events, names = Events(), [f"s{number}" for number in range(there)]
    finding = find(Items(*names, more=behind), events)("7", "acme")
    assert finding.sources == (*names[:SOURCES_TRIED], PUBLISHED)
    assert (finding.found, finding.more_sources) == ((), more)
    assert len(events.asked) == 2 * len(finding.sources) <= ONE_CALL


@pytest.mark.parametrize(("end", "element"), [("", False), ("\n0", True)])
def test_with_a_source_no_other_is_tried_and_none_is_left_out(end: str, element: bool) -> None:
    event_id = event_id_for("acme", "shop", f"7{end}")
    finding = find(Items("shop", "other", more=True), Events(**{event_id: 0}))("7", "acme", "shop")
    assert finding.found == (Found(What.EVENT, (event_id,), "shop", element),)
    assert (finding.sources, finding.more_sources) == (("shop",), False)


def test_a_source_that_is_not_there_is_said_and_the_team_s_own_always_is() -> None:
    with pytest.raises(Refusal) as refused:
        find(Items("shop"))("7", "acme", "nowhere")
    assert refused.value.code == "unknown_source"
    assert find(Items())("7", "acme", PUBLISHED).sources == (PUBLISHED,)
