"""What is on record of two tenants with the same ids, for who asks how subscriptions stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from doorbell.domain.claims import Due
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.domain.health import Health, hash_of
from doorbell.domain.log import Missed
from doorbell.domain.replays import Cursor, Kept, MissedPage, Selection
from doorbell.domain.standing import Listed, Pending
from doorbell.domain.subscriptions import scoped
from doorbell.domain.trials import TEST_OVER
from doorbell.domain.wakes import Wake
from doorbell.store.items.models import load_subscription
from doorbell.usecases.status import Status
from tests.support.builders import a_delivery
from tests.support.fakes import START, FakeClock

TENANTS, NAMES = ("acme", "acme.x"), ("first", "second", "third")
URL = "https://example.com/hook"


@dataclass(frozen=True)
class Item:
    values: dict[str, Any]


@dataclass
class Record:
    """What is on record of two tenants with the same ids: the ports of `Status`, by looking at everything.
    `behind`: those that have ended, and the due index still has. `more`: a walk stopped before its end."""

    items: list[dict[str, Any]] = field(default_factory=list)
    there: list[Delivery] = field(default_factory=list)
    waiting: Mapping[str, int] = field(default_factory=dict)
    of_endpoints: dict[str, Health] = field(default_factory=dict)
    replayed: set[DeliveryKey] = field(default_factory=set)
    behind: set[DeliveryKey] = field(default_factory=set)
    more: bool = False

    def get(self, *key: str) -> Item | None:
        return next((one for one in map(Item, self.items) if _key(one.values) == key), None)

    def all(self, tenant_id: str | None = None) -> Iterator[Item]:
        return (Item(values) for values in self.items if values["tenant_id"] == tenant_id)

    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending:
        rows = [
            Due(one.key, one.tenant_id, one.due_at or 0.0, one.attempts_made)
            for one in self.of(tenant_id, subscription_id)
            if not one.state.terminal or one.key in self.behind
        ]
        return Pending(sorted(rows, key=lambda row: row.due_at), len(self.there), self.more)

    def of(self, tenant_id: str, subscription_id: str | None) -> list[Delivery]:
        return [
            one
            for one in self.there
            if one.tenant_id == tenant_id and subscription_id in (None, one.key.subscription_id)
        ]

    def listed(self, endpoint_id: str) -> Listed:
        return Listed(self.waiting.get(endpoint_id, 0), False, START)

    def by_key(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Delivery]:
        return {one.key: one for one in self.there if one.key in keys}

    def healths(self, endpoint_ids: Sequence[str]) -> Mapping[str, Health]:
        return {name: health for name, health in self.of_endpoints.items() if name in endpoint_ids}

    def of_tenant(self, tenant_id: str, since: float) -> tuple[Sequence[Missed], bool]:
        return self._missed(tenant_id, None, since), self.more

    def page(
        self, selection: Selection, after: Cursor | None, limit: int, *, newest_first: bool = False
    ) -> MissedPage:
        assert newest_first, "of more than a page the newest are told"
        rows = self._missed(selection.tenant_id, selection.subscription_id, selection.since)
        after = {"event_id": "evt_more"} if self.more else None
        return MissedPage(tuple(row for row in rows if row.ended_at <= selection.until), after)

    def _missed(self, tenant_id: str, subscription_id: str | None, since: float) -> list[Missed]:
        ended = [one for one in self.of(tenant_id, subscription_id) if one.state in LOST]
        rows = [
            Missed(one.key, tenant_id, one.ended_at or 0.0, one.state.value, one.reason or "")
            for one in ended
        ]
        return sorted((row for row in rows if row.ended_at >= since), key=lambda row: -row.ended_at)

    def kept(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Kept]:
        return {key: Kept("pending", 0, None) for key in keys if key in self.replayed}

    def status(self) -> Status:
        return Status(self, load_subscription, self, self, self, self, self, self, FakeClock())


LOST = (State.EXHAUSTED, State.CANCELLED)


def is_lost(one: Delivery, since: float) -> bool:
    """Nobody has lost what a test sent."""
    return one.state in LOST and (one.ended_at or 0.0) >= since and one.reason != TEST_OVER


def _key(values: Mapping[str, Any]) -> tuple[str, str]:
    return values["tenant_id"], values["subscription_id"]


@st.composite
def an_item(draw: st.DrawFn, key: tuple[str, str]) -> dict[str, Any]:
    more = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "paused": st.booleans(),
                "disabled_at": st.just(int(START) - 60),
                "paused_at": st.just(int(START) - 30),
                "signing": st.just("no such form"),
            },
        )
    )
    return {"tenant_id": key[0], "subscription_id": key[1], "url": URL, "secrets": ["ssm:/s"], **more}


@st.composite
def a_delivery_of(draw: st.DrawFn, number: int) -> Delivery:
    tenant, name = draw(st.sampled_from(TENANTS)), draw(st.sampled_from(NAMES))
    state, made = draw(st.sampled_from(State)), draw(st.integers(0, 3))
    attempts = tuple(Attempt(n + 1, START - 100 + n, 5, 500, None, "", "") for n in range(made))
    plain = a_delivery(key=DeliveryKey(f"evt_{tenant}_{number}", name), tenant_id=tenant, attempts=attempts)
    if not state.terminal:
        return replace(plain, due_at=START + draw(st.integers(-60, 900)), created_at=START - number)
    reason = draw(st.sampled_from(["schedule", "age", "gone", TEST_OVER]))
    return replace(
        plain, state=state, due_at=None, ended_at=START - draw(st.integers(0, 7200)), reason=reason
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    keys = draw(st.sets(st.sampled_from([(tenant, name) for tenant in TENANTS for name in NAMES])))
    there = [draw(a_delivery_of(number)) for number in range(draw(st.integers(0, 12)))]
    places = st.sampled_from([scoped(tenant, name) for tenant in TENANTS for name in NAMES])
    healths = st.builds(
        Health,
        failures=st.integers(1, 9),
        url_hash=st.sampled_from([hash_of(URL), hash_of("https://elsewhere.example")]),
        wake=st.none() | st.just(Wake(START)),
    )
    lost = [one.key for one in there if one.state in LOST]
    again = draw(st.sets(st.sampled_from(lost))) if lost else set[DeliveryKey]()
    ended = [one.key for one in there if one.state.terminal]
    behind = draw(st.sets(st.sampled_from(ended))) if ended else set[DeliveryKey]()
    return Record(
        items=[draw(an_item(key)) for key in sorted(keys)],
        there=there,
        waiting=draw(st.dictionaries(places, st.integers(1, 9))),
        of_endpoints=draw(st.dictionaries(places, healths)),
        replayed={DeliveryKey(key.event_id, key.subscription_id, key.generation + 1) for key in again},
        behind=behind,
        more=draw(st.booleans()),
    )
