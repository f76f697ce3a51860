"""What is on file of a subscription is what it wants, whoever comes in between any two calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.certificates import CANARIES, Heard
from doorbell.domain.errors import ConfigError, Unavailable
from doorbell.domain.routes import MOST_LEAVING, MOST_PATHS, MOST_PLACES, Manifest, moved
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.items.models import load_subscription
from doorbell.store.routes.abouts import Abouts
from doorbell.store.routes.canaries import Canaries, HeardCanaries
from doorbell.store.routes.filing import RouteFile
from doorbell.store.routes.walks import ManifestWalk, SubscriptionWalk
from doorbell.usecases.certify import Certify
from doorbell.usecases.file_route import FileRoute
from doorbell.usecases.index_changes import PATIENCE_SECONDS, Change, IndexChanges
from tests.support import fakes
from tests.support.builders import TENANT
from tests.support.fakes_dynamo import DynamoClient, Tables


class World:
    """Tables and what files in them. `between[n]` is done before the call that is the nth from then on."""

    def __init__(self) -> None:
        self.clock, self.between, self.calls = fakes.FakeClock(), dict[int, Callable[[], object]](), 0
        self.tables, self.broken = Tables(self.clock), list[ConfigError]()
        self.client, self.metrics, self.log = (
            DynamoClient(self.tables, self._call),
            fakes.RecordingMetrics(),
            fakes.RecordingLog(),
        )
        items = SubscriptionWalk(self.client, "subscriptions")
        self.file = FileRoute(
            items, RouteFile(self.client, "routes"), load_subscription, self.broken.append, self.clock
        )
        self.abouts, self.heard = Abouts(self.client, "routes"), HeardCanaries(self.client, "routes")
        shared = (self.clock, self.metrics, self.log, map)
        self.index = IndexChanges(self.file, self.abouts, self.heard, *shared)
        self.certify = Certify(
            items, ManifestWalk(self.client, "routes"), self.abouts, self.heard, self.file, *shared, many=0
        )

    def _call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
        self.calls += 1
        if does := self.between.pop(self.calls, None):
            does()
        return effect()

    def put(self, name: str = "s", **fields: Any) -> None:
        values = {
            "tenant_id": TENANT,
            "subscription_id": name,
            "url": "https://example.com/",
            "signing": "none",
        }
        self.tables.items["subscriptions"][TENANT, name] = marshal({**values, **fields})

    def remove(self, name: str = "s") -> None:
        self.tables.items["subscriptions"].pop((TENANT, name), None)

    def places(self, name: str = "s", *, leaving: bool = False) -> set[str]:
        """Where it is on file."""
        rows = map(unmarshal, self.tables.rows("routes"))
        return {
            row["pk"].removeprefix(f"{TENANT}#")
            for row in rows
            if row["sk"] == name and not row["pk"].endswith("#manifests") and ("expires_at" in row) == leaving
        }

    def hear_all(self) -> None:
        self.heard.note({number: self.clock() for number in range(CANARIES)})


ITEMS: dict[str, dict[str, Any] | None] = {
    "type#push": {"event_types": ["push"]},
    "prefix#invoice.": {"event_types": ["invoice.*"]},
    "source#hub": {"sources": ["hub"], "event_types": ["*"]},
    "all#": {},
    "eq#type#push#body.a#x": {"event_types": ["push"], "filter": "body.a == 'x'"},
    "": None,
}


def make(world: World, item: dict[str, Any] | None) -> None:
    if item is None:
        world.remove()
    else:
        world.put(**item)


@pytest.mark.parametrize("place", ITEMS)
def test_a_subscription_is_on_file_under_what_it_names(place: str) -> None:
    world = World()
    make(world, ITEMS[place])
    world.file(TENANT, "s")
    assert world.places() == ({place} if place else set())
    assert world.file(TENANT, "s") is False, "it is as it should be"


@pytest.mark.parametrize("second", ITEMS)
@pytest.mark.parametrize("first", ITEMS)
def test_whoever_comes_between_any_two_calls_what_is_on_file_is_the_latest(first: str, second: str) -> None:
    """Another hears of a change, and files it, before each call of the first in turn."""
    for number in range(1, 7):
        world = World()
        make(world, ITEMS["type#push"])
        world.file(TENANT, "s")
        make(world, ITEMS[first])

        def change(world: World = world) -> None:
            make(world, ITEMS[second])
            world.file(TENANT, "s")

        world.calls, world.between = 0, {number: change}
        world.file(TENANT, "s")
        if world.between:
            change()
        assert world.places() == ({second} if second else set()), number


def test_who_moves_is_still_found_at_the_old_place_as_what_it_is_now() -> None:
    world = World()
    world.put(event_types=["push"])
    world.file(TENANT, "s")
    world.put(event_types=["push*"], sources=["hub"])
    world.file(TENANT, "s")
    assert (world.places(), world.places(leaving=True)) == ({"source#hub"}, {"type#push"})
    (old,) = [row for row in map(unmarshal, world.tables.rows("routes")) if "type#" in row["pk"]]
    assert (old["event_types"], old["sources"]) == (["push*"], ["hub"])


def test_who_is_off_or_gone_or_broken_is_on_file_nowhere_at_once() -> None:
    for fields in ({"enabled": False}, None, {"url": "nonsense"}):
        world = World()
        world.put(event_types=["push"])
        world.file(TENANT, "s")
        make(world, fields)
        world.file(TENANT, "s")
        assert world.places() | world.places(leaving=True) == set()
        assert len(world.broken) == (1 if fields == {"url": "nonsense"} else 0)


def test_a_change_is_one_transaction_of_a_hundred_items_at_most_whatever_was_before() -> None:
    world = World()
    for turn in range(6):
        world.put(event_types=[f"t{turn}-{number}" for number in range(MOST_PLACES)], filter="body.a == 'x'")
        world.file(TENANT, "s")
        world.clock.advance(1)
    assert len(world.places()) == MOST_PLACES
    assert len(world.places(leaving=True)) == MOST_LEAVING
    world.remove()
    world.file(TENANT, "s")
    assert world.places() | world.places(leaving=True) == set()


def test_who_names_more_types_than_that_is_on_file_by_its_sources() -> None:
    world = World()
    world.put(event_types=[f"t{number}" for number in range(MOST_PLACES + 1)], sources=["hub"])
    world.file(TENANT, "s")
    assert world.places() == {"source#hub"}


def test_a_tenants_filters_are_known_by_so_many_fields_and_by_no_more() -> None:
    world = World()
    for number in range(MOST_PATHS + 2):
        world.put(f"s{number}", event_types=["push"], filter=f"body.f{number} == 'x'")
        world.file(TENANT, f"s{number}")
    assert len(world.abouts.get(TENANT).paths) == MOST_PATHS
    assert world.places(f"s{MOST_PATHS}") == {"type#push"}
    assert world.places("s0") == {"eq#type#push#body.f0#x"}


def test_an_id_that_none_can_have_is_told_of_and_on_file_nowhere() -> None:
    """It may be longer than a key can be."""
    world, name = World(), "x" * 1000
    world.put(name)
    assert world.file(TENANT, name) is False
    assert len(world.broken) == 1
    assert world.tables.rows("routes") == []


def changes(*names: str, at: float = fakes.START) -> Sequence[Change]:
    """Of subscriptions, or of canaries by number."""
    return [
        Change(str(n), TENANT, name, at, int(name) if name.isdecimal() else None)
        for n, name in enumerate(names)
    ]


def failing(world: World, name: str) -> None:
    """The index cannot be written of one."""
    sound = world.client.transact_write_items

    def fails(*, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        if any(name in str(one) for one in TransactItems):
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "TransactWriteItems")
        return sound(TransactItems=TransactItems)

    world.client.transact_write_items = fails  # type: ignore[method-assign]


def test_a_canary_is_heard_when_all_that_changed_before_it_is_on_file() -> None:
    world = World()
    for name in ("first", "spoilt", "last"):
        world.put(name)
    failing(world, "spoilt")
    assert world.index(changes("first", "1", "spoilt", "2", "last")) == "2"
    assert set(world.heard.get().at) == {1}
    assert world.abouts.get(TENANT).withdrawals == 0


def test_what_cannot_be_filed_for_long_costs_its_tenant_the_certificate_and_others_go_on() -> None:
    world = World()
    world.put("spoilt")
    failing(world, "spoilt")
    world.clock.advance(PATIENCE_SECONDS + 1)
    assert world.index(changes("spoilt", "2")) is None
    assert set(world.heard.get().at) == {2}
    assert world.abouts.get(TENANT).withdrawals == 1
    assert world.metrics.counts["CertificatesWithdrawn"] == 1


@pytest.mark.parametrize("number", range(1, 9))
def test_no_certificate_is_given_that_was_withdrawn_while_its_walk_went_on(number: int) -> None:
    world = World()
    world.hear_all()
    for name in ("s1", "s2"):
        world.put(name)
    world.calls, world.between = 0, {number: lambda: world.abouts.withdraw(TENANT)}
    is_given = world.certify(stop_at=world.clock() + 60) == 1
    has_come = not world.between
    assert is_given == (world.abouts.get(TENANT).certificate is not None)
    if has_come and number > 3:  # the canaries, the counts, what is known of the tenant; then the walk
        assert not is_given


def test_a_walk_files_what_is_missing_takes_off_what_is_gone_and_certifies() -> None:
    world = World()
    world.hear_all()
    world.put("gone")
    world.file(TENANT, "gone")
    world.remove("gone")
    for number in range(3):
        world.put(f"s{number}", event_types=["push"])
    assert world.certify(stop_at=world.clock() + 60) == 1
    assert world.places("gone") == set()
    assert [world.places(f"s{number}") for number in range(3)] == [{"type#push"}] * 3
    certificate = world.abouts.get(TENANT).certificate
    assert certificate is not None
    assert certificate.count == 3


def test_nobody_is_certified_while_canaries_are_not_heard() -> None:
    world = World()
    world.put()
    assert world.certify(stop_at=world.clock() + 60) == 0
    world.hear_all()
    world.clock.advance(200)
    assert world.certify(stop_at=world.clock() + 60) == 0


def test_one_that_cannot_be_filed_keeps_its_own_tenant_from_a_certificate_and_no_other() -> None:
    world = World()
    world.hear_all()
    world.put("spoilt")
    other = marshal(
        {"tenant_id": "other", "subscription_id": "s", "url": "https://e.example/", "signing": "none"}
    )
    world.tables.items["subscriptions"]["other", "s"] = other
    failing(world, "spoilt")
    assert world.certify(stop_at=world.clock() + 60) == 1
    assert world.abouts.get("other").certificate is not None
    assert world.metrics.counts["CertifyFailed"] == 1


def test_canaries_leave_nothing_behind_and_all_of_them_tell_the_stream() -> None:
    world, told = World(), list[str]()
    world.tables.listeners.append(lambda table, key, before, after: told.append(key[0]))
    Canaries(world.client, "subscriptions").fly(world.clock())
    assert set(told) == {f"!canary-{number}" for number in range(CANARIES)}
    assert world.tables.rows("subscriptions") == []


def test_a_gap_longer_than_the_stream_keeps_is_remembered() -> None:
    heard = Heard({0: 1000.0}, since=500.0)
    assert heard.later(0, 2000.0).since == 500.0
    assert heard.later(0, 1000.0 + 13 * 3600).since == 1000.0 + 13 * 3600
    assert heard.later(0, 900.0) == heard


def test_a_write_that_others_are_always_faster_at_is_given_up_and_comes_again() -> None:
    world = World()
    world.put()
    world.client.transact_write_items = _lost  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.file(TENANT, "s")


def _lost(**_: Any) -> dict[str, Any]:
    reasons = [{"Code": "TransactionConflict"}]
    error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    raise ClientError(error, "TransactWriteItems")


def test_who_leaves_for_the_last_time_is_not_on_file_as_leaving() -> None:
    before = Manifest(3, "d", ("a",), {"b": 900.0, "c": 1100.0})
    assert moved(before, "", (), 1000.0) == Manifest(4, "")
    after = moved(before, "e", ("c", "x"), 1000.0)
    assert set(after.leaving) == {"a"}
