"""A history of the routing index: people change subscriptions, the stream tells of it, events ask.

The real index, reader and walk run on tables in memory. One seed is one history. At each of their calls,
others may do theirs first, any number of seconds may pass, the call may fail before or after its effect,
or its worker die. A shard may stand still for days, and forget. What is held at every step:

- Whoever wanted an event all the time, for longer than the index may be behind, is found, or all are asked.
- Whoever wanted it at no moment of that time does not match.
- When all is calm, an event finds whoever wants it, and nothing else is on file.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from doorbell.domain.certificates import CANARIES, FRESH_SECONDS
from doorbell.domain.errors import Unavailable
from doorbell.domain.filing import Question
from doorbell.domain.records import Incoming
from doorbell.domain.subscriptions import Interest
from doorbell.payloads.filters import Filters
from doorbell.store.dynamodb.tables import is_gone, unmarshal
from doorbell.store.routes.abouts import Abouts
from doorbell.store.routes.canaries import Canaries, HeardCanaries, canary_of
from doorbell.store.routes.filing import RouteFile
from doorbell.store.routes.items import manifests_pk
from doorbell.store.routes.reader import CACHE_SECONDS, RouteReader
from doorbell.store.routes.walks import ManifestWalk, SubscriptionWalk
from doorbell.usecases.certify import Certify
from doorbell.usecases.file_route import FileRoute
from doorbell.usecases.index_changes import Change, IndexChanges
from tests.simulation.loop import Violation
from tests.simulation.routing_people import (
    NAMES,
    Killed,
    an_event,
    an_item,
    interest,
    load,
    wants,
)
from tests.support import fakes
from tests.support.builders import TENANT
from tests.support.clocks import both
from tests.support.fakes_dynamo import DynamoClient, Key, Tables
from tests.support.fakes_expressions import Item

SHARDS = 4
KEPT_SECONDS = 24 * 3600.0
READ_LAG = 1.0
READ_SECONDS = 30.0
"""How long an event's read may take: what is between its calls goes on meanwhile."""
BEHIND = FRESH_SECONDS + CACHE_SECONDS + READ_LAG + READ_SECONDS + 2
"""What events find may be as old: a record's time is in whole seconds."""
START = fakes.START


class RoutingWorld:
    """`steps` of trouble, then calm."""

    def __init__(self, seed: int, steps: int = 70) -> None:
        self.rng, self.now, self.steps, self.calm, self._depth = Random(seed), START, steps, False, 0
        self.reading: float | None = None
        self.asked_for: Incoming | None = None
        self.tables = Tables(lambda: self.now, read_lag=lambda: 0.0 if self.calm else READ_LAG)
        self.tables.listeners.append(self._heard_of)
        self.shards: list[list[tuple[int, Change]]] = [[] for _ in range(SHARDS)]
        self.stuck_until, self.count, self.seen = [0.0] * SHARDS, 0, 0
        self.states: dict[str, list[tuple[float, Interest | None]]] = {name: [(0.0, None)] for name in NAMES}
        client = _Client(self.tables, self._call, self)
        self.abouts, self.heard = Abouts(client, "routes"), HeardCanaries(client, "routes")
        self.canaries, self.filters = Canaries(client, "subscriptions"), Filters()
        items, log, metrics = (
            SubscriptionWalk(client, "subscriptions"),
            fakes.RecordingLog(),
            fakes.RecordingMetrics(),
        )
        file = FileRoute(items, RouteFile(client, "routes"), load, lambda error: None, self.clock)
        self.index = IndexChanges(file, self.abouts, self.heard, self.clock, metrics, log, map)
        manifests, shared = ManifestWalk(client, "routes"), (self.clock, metrics, log, map)
        self.certify = Certify(items, manifests, self.abouts, self.heard, file, *shared, many=0)
        self.reader = RouteReader(
            client, "routes", self.clock, lambda cause: None, both(self.clock), without=CACHE_SECONDS
        )

    def run(self) -> None:
        for name in NAMES[:3]:
            self._change(name)
        for step in range(self.steps):
            self.now += self.rng.expovariate(1 / 15)
            if step % 3 == 0:
                self._guarded(self._fly)
            for _ in range(self.rng.choice([0, 4, 12])):
                self._guarded(self._deliver)
            if step % 30 == 8:
                self._guarded(self._walk)
            self._something()
            for _ in range(2):
                self._guarded(self._ask)
        self._end()

    def clock(self) -> float:
        return self.now

    def _something(self) -> None:
        """One thing that somebody does."""
        does: Callable[[], object] = self.rng.choices(
            [self._people, self._hurry, self._fly, self._deliver, self._ask, self._stick, self._forget],
            [3, 4, 1, 6, 6, 0.2, 0.2],
        )[0]
        self._guarded(does)

    def _guarded(self, work: Callable[[], object]) -> None:
        self._depth += 1
        try:
            work()
        except (Killed, Unavailable):
            pass
        finally:
            self._depth -= 1

    def _people(self) -> None:
        self._change(self.rng.choice(NAMES))

    def _change(self, name: str, item: Item | None = None) -> None:
        if item is None and self.rng.random() < 0.8:
            item = an_item(self.rng, name)
        self.tables.write("subscriptions", (TENANT, name), item)

    def _fly(self) -> None:
        self.canaries.fly(self.now)

    def _walk(self) -> None:
        self.certify(stop_at=self.now + 900)

    def _hurry(self) -> None:
        """Somebody changes, and that is heard of at once. While an event reads it is one that wants it, and
        does still: whoever moves is the one that may be missed."""
        name, item = self.rng.choice(NAMES), None
        if self.asked_for is not None:
            wanting = [one for one in NAMES if wants(self.states[one][-1][1], self.asked_for, self.filters)]
            name = self.rng.choice(wanting or NAMES)
            for _ in range(20):
                item = an_item(self.rng, name)
                if wants(interest(unmarshal(item)), self.asked_for, self.filters):
                    break
        self._change(name, item)
        for _ in range(3):
            self._guarded(lambda: self._deliver(NAMES.index(name) % SHARDS))
        self.now += READ_LAG

    def _stick(self) -> None:
        """A shard stands still for a while."""
        self.stuck_until[self.rng.randrange(SHARDS)] = self.now + self.rng.choice([60.0, 200.0, 600.0])

    def _forget(self) -> None:
        """Nobody listens for so long that what changed is not kept any more; then all goes on."""
        if self._depth == 1:
            self._people()
            self.now += 30 * 3600.0
            self._guarded(self._fly)
            for shard in [*range(SHARDS)] * 2:
                self._guarded(lambda number=shard: self._deliver(number))  # type: ignore[misc]

    def _heard_of(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        if table != "subscriptions":
            return
        tenant_id, name = key
        canary = canary_of(tenant_id)
        shard = NAMES.index(name) % SHARDS if canary is None else canary % SHARDS
        self.count += 1
        change = Change(str(self.count), tenant_id, name, float(int(self.now)), canary)
        self.shards[shard].append((self.count, change))
        if canary is None:
            self.states[name].append((self.now, interest(None if after is None else unmarshal(after))))

    def _deliver(self, number: int | None = None) -> None:
        """A batch of a shard; sometimes it comes again although it was done."""
        number = self.rng.randrange(SHARDS) if number is None else number
        shard = self.shards[number]
        shard[:] = [one for one in shard if one[1].at > self.now - KEPT_SECONDS]
        if not shard or self.now < self.stuck_until[number]:
            return
        batch = shard[: self.rng.choice([1, 5, 100])]
        failed = self.index([change for _, change in batch])
        if not self.calm and self.rng.random() < 0.1:
            return
        done = [n for n, change in batch]
        if failed is not None:
            done = done[: [change.number for _, change in batch].index(failed)]
        shard[:] = [one for one in shard if one[0] not in done]

    def _ask(self) -> None:
        incoming = an_event(self.rng)
        body = incoming.body.inline or b""
        before, self.reading, self.asked_for = (self.reading, self.asked_for), self.now, incoming
        try:
            found = self.reader.concerning(
                TENANT,
                Question(
                    incoming.source_id,
                    incoming.types,
                    lambda path: self.filters.text_at(path, incoming, body),
                ),
            )
        finally:
            self.reading, self.asked_for = before
        if found is None:
            return
        self.seen += 1
        got = {one.subscription_id for one in found if wants(one, incoming, self.filters)}
        behind = 0.0 if self.calm else BEHIND
        for name, states in self.states.items():
            times = [*(at for at, _ in states[1:]), float("inf")]
            lately = [
                wants(state, incoming, self.filters)
                for (_, state), until in zip(states, times, strict=True)
                if until > self.now - behind
            ]
            if all(lately) and name not in got:
                raise Violation(f"{name} wants {incoming.event_type} and is not found")
            if not any(lately) and name in got:
                raise Violation(f"{name} does not want {incoming.event_type} and is found")

    def _call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
        if self.calm:
            return effect()
        self.trouble()
        how = self.rng.random()
        if how < 0.01:
            raise Killed
        if how < 0.02:
            raise _error(operation)
        done = effect()
        if how < 0.03:
            raise _error(operation)
        if how < 0.04:
            raise Killed
        return done

    def trouble(self) -> None:
        """Others do something first, or time goes by."""
        if self.calm or (self.reading is not None and self.now > self.reading + READ_SECONDS - 10):
            return
        if self._depth < 3 and self.rng.random() < 0.25:
            if self.reading is not None:
                self._hurry()
            for _ in range(self.rng.choice([0, 1, 4])):
                self._something()
        self.now += self.rng.choice([0.0, 0.1, 5.0]) if self.rng.random() < 0.2 else 0.0

    def _end(self) -> None:
        self.calm, self.stuck_until = True, [0.0] * SHARDS
        for name in NAMES:  # nobody writes what nobody can read, or it stays so
            self.tables.write("subscriptions", (TENANT, name), an_item(Random(NAMES.index(name)), name))
        self.now += 2 * 86_400
        self._settle()
        self._walk()
        self._settle()
        for _ in range(40):
            self._ask()
        if not self.seen:
            raise Violation("the index is not used")
        self._look_at_files()

    def _settle(self) -> None:
        self.now += 700
        self._fly()
        while any(self.shards):
            self._deliver()

    def _look_at_files(self) -> None:
        rows = [unmarshal(row) for row in self.tables.rows("routes")]
        entries = {
            (row["sk"], row["pk"]) for row in rows if row["sk"] in NAMES and row["pk"] != manifests_pk(TENANT)
            and not is_gone(row, self.now)
        }  # fmt: skip
        filed = {
            (row["sk"], f"{TENANT}#{place}")
            for row in rows
            if row["pk"] == manifests_pk(TENANT)
            for place in row.get("places", ())
        }
        if entries != filed:
            raise Violation(f"on file but in no manifest, or the other way: {sorted(entries ^ filed)}")


class _Client(DynamoClient):
    """A list of keys is read one after the other."""

    def __init__(self, tables: Tables, call: Any, world: RoutingWorld) -> None:
        super().__init__(tables, call)
        self._world = world

    def _of_key(self, table: str, pk: str) -> list[Item]:
        self._world.trouble()
        return super()._of_key(table, pk)


def _error(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "InternalServerError"}}, operation)


assert CANARIES >= SHARDS
