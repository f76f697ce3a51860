"""Why a subscription did, or did not, get an event: worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, Refusal
from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Reason
from doorbell.domain.records import Incoming
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.filters import Filters
from doorbell.usecases.explain import Explain, Explanation
from tests.support.builders import TENANT, a_subscription, an_incoming
from tests.support.fakes import START
from tests.unit.usecases.world import World


@dataclass
class Item:
    values: dict[str, Any]


class Desk:
    """A subscription as people write it, an event that came, and the question."""

    def __init__(self) -> None:
        self.world, self.items = World(), dict[str, Item]()
        self.world.filters = Filters()  # type: ignore[assignment]

    def write(self, name: str, at: float | None = START - 60, **fields: Any) -> None:
        times = {} if at is None else {"updated_at": int(at)}
        self.items[name] = Item({**times, **fields})
        self.world.subscriptions.put(self.load({"subscription_id": name, **self.items[name].values}))

    def ring(self, incoming: Incoming | None = None) -> None:
        self.world.fan_out(incoming or an_incoming())

    def ask(self, name: str) -> Explanation:
        return Explain(
            self.world.inspect(), self, self.load, self.world.bodies, Filters()
        )("evt_1", name)  # fmt: skip

    def get(self, *key: str) -> Item | None:
        assert key[0] == TENANT
        item = self.items.get(key[1])
        return None if item is None else Item({"subscription_id": key[1], **item.values})

    @staticmethod
    def load(values: Mapping[str, Any]) -> Subscription:
        if values.get("url") == "broken":
            raise ConfigError("subscription acme/a", "url", "is no URL")
        times = ("updated_at", "created_at", "disabled_at")
        return a_subscription(**{name: value for name, value in values.items() if name not in times})


def reasons(found: Explanation) -> tuple[Reason | None, Reason | None]:
    then, now = found.then, found.now
    return None if then is None else then.reason, None if now is None else now.reason


@pytest.mark.parametrize(
    ("fields", "then", "now"),
    [
        ({}, Reason.MATCHED, Reason.MATCHED),
        ({"filter": "body.a == `2`"}, Reason.FILTER, Reason.FILTER),
        ({"filter": "body.a == `1`"}, Reason.MATCHED, Reason.MATCHED),
        ({"filter": "abs('x')"}, Reason.FILTER_ERROR, Reason.FILTER_ERROR),
        ({"event_types": ("invoice.*",)}, None, Reason.EVENT_TYPE),
        ({"sources": ("stripe",)}, None, Reason.SOURCE),
        ({"enabled": False}, None, Reason.DISABLED),
    ],
)
def test_what_was_decided_is_told_from_the_record_or_else_from_the_subscription(
    fields: dict[str, Any], then: Reason | None, now: Reason
) -> None:
    desk = Desk()
    desk.write("a", **fields)
    desk.ring()
    found = desk.ask("a")
    assert reasons(found) == (then, now)
    assert (found.is_routed, found.exists, found.problem) == (True, True, None)
    assert found.has_changed is False


def test_a_subscription_that_has_changed_since_is_told_as_that() -> None:
    desk = Desk()
    desk.write("a", event_types=("invoice.*",))
    desk.ring()
    desk.write("a", START + 5)
    found = desk.ask("a")
    assert reasons(found) == (None, Reason.MATCHED)
    assert (found.has_changed, found.written_at) == (True, START + 5)


def test_one_that_does_not_say_when_it_was_written_may_have_changed() -> None:
    desk = Desk()
    desk.write("a", None, event_types=("invoice.*",))
    desk.ring()
    assert desk.ask("a").has_changed is None


def test_the_latest_of_its_times_counts_and_what_is_no_number_is_none() -> None:
    desk = Desk()
    desk.write("a", START - 60, created_at="yesterday", disabled_at=START + 1, enabled=False)
    desk.ring()
    assert desk.ask("a").has_changed is True


def test_who_is_not_there_is_told_as_that_with_what_is_on_record() -> None:
    desk = Desk()
    desk.write("a")
    desk.ring()
    del desk.items["a"]
    found = desk.ask("a")
    assert (reasons(found), found.exists, found.has_changed) == ((Reason.MATCHED, None), False, None)


def test_a_broken_one_is_told_with_what_is_wrong() -> None:
    desk = Desk()
    desk.ring()
    desk.items["a"] = Item({"url": "broken"})
    found = desk.ask("a")
    assert (reasons(found), found.exists, found.problem) == ((None, None), True, "url: is no URL")


def test_whom_fan_out_has_not_come_to_yet_is_told_as_that() -> None:
    desk = Desk()
    for name in ("a", "b", "c"):
        desk.write(name)
    desk.world.subscriptions.page_size = 2
    desk.world.faults.before["put_page"] = [RuntimeError()]
    with pytest.raises(RuntimeError):
        desk.ring()
    assert [desk.ask(name).is_routed for name in ("a", "b", "c")] == [True, True, False]


def test_a_body_in_the_bucket_is_looked_at_too_and_one_that_is_gone_is_an_error_of_the_filter() -> None:
    desk = Desk()
    desk.write("a", filter="body.a == `1`")
    desk.world.bodies.objects["acme/big"] = b'{"a": 1}'
    desk.ring(an_incoming(body=BodyAt(size=8, key="acme/big")))
    assert reasons(desk.ask("a")) == (Reason.MATCHED, Reason.MATCHED)
    desk.world.bodies.objects.clear()
    now = desk.ask("a").now
    assert now is not None
    assert (now.reason, now.detail) == (Reason.FILTER_ERROR, "the body is no longer kept")


def test_an_event_that_is_not_kept_is_refused() -> None:
    with pytest.raises(Refusal, match="no such event"):
        Desk().ask("a")
