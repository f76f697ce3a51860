"""Who may want an event, as the routing index tells it: each tenant's own, and as few as there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.domain.certificates import CANARIES
from doorbell.domain.filing import Question
from doorbell.store.dynamodb.once import OnceForAll
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.items.models import load_subscription
from doorbell.store.routes.abouts import Abouts
from doorbell.store.routes.canaries import HeardCanaries
from doorbell.store.routes.filing import RouteFile
from doorbell.store.routes.reader import MOST_FOUND, WITHOUT_SECONDS, RouteReader
from doorbell.store.routes.walks import ManifestWalk, SubscriptionWalk
from doorbell.usecases.certify import Certify
from doorbell.usecases.file_route import FileRoute
from doorbell.usecases.index_changes import Change, IndexChanges
from tests.support import fakes
from tests.support.clocks import both
from tests.support.fakes_dynamo import DynamoClient, Tables

TENANTS = ("acme", "acme.x")
"""One's name begins with the other's."""
IDS = ("s", "s.x", "manifests", "about")
WISHES: tuple[dict[str, Any], ...] = (
    {"event_types": ["push"]},
    {"event_types": ["push"], "filter": "body.account == 'x'"},
    {"event_types": ["push"], "filter": "body.account == 'push'"},
    {"event_types": ["p.*"]},
    {"sources": ["hub"]},
    {"sources": ["push"]},
    {},
    {"event_types": ["manifests"]},
)
QUESTIONS = [
    Question(source, [event_type], lambda path, text=text: text)  # type: ignore[misc]
    for source in ("hub", "push")
    for event_type in ("push", "p.x", "manifests")
    for text in ("x", "push", None)
]


class World:
    """One environment of fan-out, and one of the indexer."""

    def __init__(self) -> None:
        self.clock = fakes.FakeClock()
        self.tables = Tables(self.clock)
        client = DynamoClient(self.tables)
        items, shared = SubscriptionWalk(client, "subscriptions"), (self.clock, fakes.RecordingMetrics())
        file = RouteFile(client, "routes")
        self.file = FileRoute(items, file, load_subscription, lambda error: None, self.clock)
        self.abouts, self.heard = Abouts(client, "routes"), HeardCanaries(client, "routes")
        told = (*shared, fakes.RecordingLog(), map)
        self.index = IndexChanges(self.file, self.abouts, self.heard, *told)
        manifests = ManifestWalk(client, "routes")
        self.certify = Certify(items, manifests, self.abouts, self.heard, self.file, *told, many=0)
        self.reader = RouteReader(
            client, "routes", self.clock, lambda cause: None, both(self.clock), once=OnceForAll()
        )

    def put(self, tenant_id: str, name: str, wishes: dict[str, Any] | None) -> None:
        """As people write it; the stream tells of it."""
        values = {"tenant_id": tenant_id, "subscription_id": name, "url": "https://e.example/"}
        found = self.tables.items["subscriptions"]
        if wishes is None:
            found.pop((tenant_id, name), None)
        else:
            found[tenant_id, name] = marshal({**values, "signing": "none", **wishes})
        self.index([Change("1", tenant_id, name, self.clock())])

    def certified(self) -> None:
        self.heard.note({number: self.clock() for number in range(CANARIES)})
        self.certify(stop_at=self.clock() + 60)

    def found(self, tenant_id: str, question: Question) -> list[str] | None:
        found = self.reader.concerning(tenant_id, question)
        return None if found is None else [one.subscription_id for one in found]


def alone(tenant_id: str, done: Sequence[tuple[str, str, dict[str, Any] | None]]) -> World:
    """A world in which the others never were."""
    world = World()
    for owner, name, wishes in done:
        if owner == tenant_id:
            world.put(owner, name, wishes)
    world.certified()
    return world


@settings(max_examples=60, deadline=None)
@given(
    done=st.lists(
        st.tuples(st.sampled_from(TENANTS), st.sampled_from(IDS), st.sampled_from([*WISHES, None])),
        min_size=4,
        max_size=14,
    ),
    asked=st.lists(st.tuples(st.sampled_from(TENANTS), st.sampled_from(QUESTIONS)), min_size=6, max_size=20),
)
def test_two_tenants_with_the_same_ids_find_what_each_would_find_alone(
    done: list[tuple[str, str, dict[str, Any] | None]], asked: list[tuple[str, Question]]
) -> None:
    """In one environment, one after the other, whatever was asked before and is kept of it."""
    together, each = World(), {tenant: alone(tenant, done) for tenant in TENANTS}
    for one in done:
        together.put(*one)
    together.certified()
    for tenant_id, question in asked:
        assert together.found(tenant_id, question) == each[tenant_id].found(tenant_id, question)


def test_a_certificate_that_is_withdrawn_is_one_tenants_alone() -> None:
    world, question = World(), QUESTIONS[0]
    for tenant_id in TENANTS:
        world.put(tenant_id, "s", {"event_types": ["push"]})
    world.certified()
    world.abouts.withdraw("acme")
    assert world.found("acme", question) is None
    assert world.found("acme.x", question) == ["s"]


def test_where_very_many_want_one_type_events_of_another_are_still_asked_by_key() -> None:
    """Of the many everybody is asked, and for a while the index is not asked again."""
    world = World()
    for number in range(MOST_FOUND + 1):
        world.put("acme", f"s{number}", {"event_types": ["push"]})
    world.put("acme", "rare", {"event_types": ["p.x"]})
    world.certified()
    rare, common = (Question("hub", [name], lambda path: None) for name in ("p.x", "push"))
    assert world.found("acme", common) is None
    assert world.found("acme", rare) == ["rare"]
    for number in range(MOST_FOUND + 1):
        world.put("acme", f"s{number}", None)
    assert world.found("acme", common) is None
    world.clock.advance(WITHOUT_SECONDS + 1)
    assert world.found("acme", common) == []
