"""What people are told: once of a trouble, once of its end, no more than two messages in a window, and of
nothing that is not so."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from doorbell.domain.health import hash_of
from doorbell.domain.incidents import WINDOW_SECONDS, Cause
from doorbell.domain.own_events import DISABLED, ENDS, PARKED, SOURCE, TENANT
from doorbell.domain.records import StoredEvent
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.health.changes import changes_from, changes_key
from doorbell.store.health.incidents import PREFIX
from tests.simulation.world import World
from tests.support.fakes_dynamo import Tables
from tests.support.fakes_expressions import Item

IN_A_WINDOW = 2
"""A trouble and its end."""


@dataclass(eq=False)
class NoticeWatch:
    """`rung`: when each own event came to be on record, by what it is about. `told`: how often the
    sweeper noted that it told, by the incident's key. `parked`: endpoints that ever were."""

    world: World
    tables: Tables
    rung: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, int] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)

    def is_own(self, event: StoredEvent) -> bool:
        return event.incoming.source_id == SOURCE

    def stored(self, event: StoredEvent) -> None:
        incoming = event.incoming
        if incoming.tenant_id != TENANT or incoming.hops != 1:
            raise self.world.violated(f"an own event of tenant {incoming.tenant_id}, {incoming.hops} hops")
        about = self._about(event)
        times = self.rung[about]
        times.append((incoming.received_at, incoming.event_type))
        near = [
            at
            for at, _ in times
            if abs(at - incoming.received_at) < WINDOW_SECONDS - 2 * self.world.story.skew - 1
        ]
        if len(near) > IN_A_WINDOW:
            raise self.world.violated(f"{len(near)} messages about {about} in a window")

    def _about(self, event: StoredEvent) -> str:
        said = json.loads(event.incoming.body.inline or b"")
        if not said["about"] or said["about"].startswith(f"{TENANT}/"):
            raise self.world.violated(f"told of {said['about']}")
        return str(said["key"])

    def written(self, name: str, before: Item | None, after: Item | None) -> None:
        """Of an incident, or of an endpoint's health."""
        new = unmarshal(after or {})
        if not name.startswith(PREFIX):
            if new.get("parked_until") is not None:
                self.parked.add(name)
            return
        if after is not None:
            self.told[name] = max(self.told.get(name, 0), new.get("told_number", 0))

    def check_rest(self) -> None:
        """Whoever was told of a trouble is told of its end; what is noted as told was rung; and where nothing
        failed, everybody is told of everything."""
        for name, number in self.told.items():
            cause, _, about = name.removeprefix(PREFIX).partition("/")
            rung = sorted(self.rung.get(f"doorbell/{cause}/{about}", []))
            if len(rung) < number:
                raise self.world.violated(f"{name} is noted as told {number} times, and rung {len(rung)}")
            if cause == Cause.HEALTH and rung and rung[-1][1] == PARKED and self._is_well(about):
                raise self.world.violated(f"{about} is well, and the last that was told is that it is parked")
        for endpoint in self.parked if self._nothing_failed else ():
            self._check_changes(endpoint)
            kinds = [kind for _, kind in self.rung.get(f"doorbell/{Cause.HEALTH}/{endpoint}", [])]
            if not kinds or (self._is_well(endpoint) and not {*kinds} & {*ENDS, DISABLED}):
                raise self.world.violated(f"{endpoint} was parked, and what was told is {kinds}")

    def _check_changes(self, endpoint: str) -> None:
        """Whose endpoint was parked finds that on record, and its end."""
        item = self.tables.items["endpoints"].get((changes_key(endpoint),), {})
        kinds = [change.kind for change in changes_from(unmarshal(item))]
        health = unmarshal(self.tables.items["endpoints"].get((endpoint,), {}))
        if PARKED not in kinds or ("parked_until" not in health and kinds[-1] == PARKED):
            raise self.world.violated(f"{endpoint} was parked, and on record of its state is {kinds}")

    @property
    def _nothing_failed(self) -> bool:
        story = self.world.story
        return story.tells and not any(story.rates.values()) and not story.changes

    def _is_well(self, endpoint: str) -> bool:
        """Not parked; or nothing is sent to where it was, as the subscription is off, gone or elsewhere."""
        health = unmarshal(self.tables.items["endpoints"].get((endpoint,), {}))
        item = unmarshal(self.tables.items["subscriptions"].get((*endpoint.split("/"),), {}))
        elsewhere = hash_of(item.get("url", "")) != health.get("url_hash")
        return "parked_until" not in health or not item.get("enabled") or elsewhere

    def is_at_rest(self) -> bool:
        """Nothing is to be told within two windows. Where the note of an end was lost, nobody looks sooner
        than in an hour."""
        return not any(
            row["subscription_id"]["S"].startswith(PREFIX) and self._wants_a_look(row)
            for row in self.tables.index("wake")
        )

    def _wants_a_look(self, row: Item) -> bool:
        name = row["subscription_id"]["S"]
        cause, _, about = name.removeprefix(PREFIX).partition("/")
        told = self.tables.items["endpoints"].get((name,), {}).get("told", {"S": ""})["S"]
        is_over = cause == Cause.HEALTH and told == PARKED and self._is_well(about)
        return is_over or float(row["wake_at"]["N"]) <= self.world.now + 2 * WINDOW_SECONDS


def is_own_message(message: str) -> bool:
    """Of the events queue."""
    return bool(json.loads(message)["source_id"] == SOURCE)
