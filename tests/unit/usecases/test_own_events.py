"""Doorbell rings about itself: grouped, closed when it is over, and never about whoever hears of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell.domain import incidents as rules
from doorbell.domain.conditions import Changed
from doorbell.domain.errors import ConfigError
from doorbell.domain.health import Health, hash_of
from doorbell.domain.incidents import CHECK_SECONDS, WINDOW_SECONDS, Cause, Incident, Ringing
from doorbell.domain.own_events import (
    CLOSED,
    DEAD_LETTERS,
    DISABLED,
    DRAINED,
    EXHAUSTED,
    KINDS,
    LATE,
    ON_TIME,
    OPEN,
    PARKED,
    RECOVERED,
    REFUSALS,
    SOURCE,
    TENANT,
    OwnEvent,
)
from doorbell.domain.own_said import config_error, refusals, replay_done
from doorbell.domain.own_texts import Present, of_incident
from doorbell.domain.seldom import HOUR, Seldom
from doorbell.domain.subscriptions import Aim
from doorbell.payloads.presets.message import SEVERITIES, STATES
from doorbell.signatures.vouching import own_event
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.health.changes import KEPT, ChangeTable, changes_from, changes_key
from doorbell.store.health.changes import PREFIX as CHANGES
from doorbell.store.health.incidents import KEPT_SECONDS, IncidentTable
from doorbell.usecases.note_incidents import NoteIncidents
from doorbell.usecases.ring_itself import RingItself
from doorbell.usecases.tell_incidents import TellIncidents
from doorbell.usecases.watch_itself import LagKept, Presence, Watch
from doorbell_cli.main import app
from tests.support.clocks import FakeClocks
from tests.support.fakes import START, FakeClock, RecordingLog, RecordingMetrics, Sequential, unavailable
from tests.support.fakes_dynamo import DynamoClient, Tables

ENDPOINT = "acme/billing"
URL = "https://billing.example/hook"
DOWN = Health(
    failures=300, failing_since=START - 60, parked_until=START + 3600, parks=3, url_hash=hash_of(URL)
)
TICK = 60.0


@dataclass
class Bus:
    sent: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def publish(self, kind: str, detail: Mapping[str, object]) -> None:
        self.sent.append((kind, dict(detail)))


class World:
    """A dispatcher that notes, and a sweeper that tells; events are kept by their key, as fan-out does."""

    def __init__(self) -> None:
        self.clock = FakeClock(START)
        self.tables = Tables(self.clock)
        self.table = IncidentTable(DynamoClient(self.tables), "endpoints")
        self.bus, self.lost = Bus(), list[str]()
        self.metrics, self.kept = RecordingMetrics(), LagKept(RecordingMetrics())
        self.healths: dict[str, Health] = {}
        self.aims: dict[str, Aim | None] = {}
        self.depths: dict[str, int] = {}
        self.rung: dict[str, OwnEvent] = {}
        self.fails: list[Exception | None] = []
        self.changes = ChangeTable(DynamoClient(self.tables), "endpoints")
        self.notices = NoteIncidents(
            self.bus, self.table, self.changes, self.clock, lambda kind, _: self.lost.append(kind)
        )
        self.watch = Watch(self.table, ("a-dlq",), self._depth, self.kept, self.clock)
        self.tell = TellIncidents(
            self.table, Presence(self, self, self._depth, self.kept), self._ring, self.clock, self.metrics,
            RecordingLog(),
        )  # fmt: skip

    def health(self, endpoint_id: str, *, fresh: bool = False) -> Health:
        assert fresh
        return self.healths.get(endpoint_id, Health())

    def aim(self, tenant_id: str, subscription_id: str) -> Aim | None:
        return self.aims.get(f"{tenant_id}/{subscription_id}", Aim(URL, enabled=True))

    def _depth(self, name: str) -> int:
        return self.depths.get(name, 0)

    def _ring(self, event: OwnEvent, key: str) -> None:
        if self.fails and (error := self.fails.pop(0)):
            raise error
        self.rung.setdefault(key, event)

    def parked(self, endpoint: str = ENDPOINT) -> None:
        self.healths[endpoint] = DOWN
        self.notices.publish(PARKED, {"endpoint": endpoint, "until": DOWN.parked_until})

    def recovered(self, endpoint: str = ENDPOINT) -> None:
        self.healths.pop(endpoint, None)
        self.notices.publish(RECOVERED, {"endpoint": endpoint})

    def ticks(self, count: int = 1) -> list[str]:
        """The kinds of what is rung in so many ticks."""
        before = len(self.rung)
        for _ in range(count):
            self.watch()
            self.tell(stop_at=self.clock.now + 40)
            self.clock.advance(TICK)
        return [event.kind for event in list(self.rung.values())[before:]]

    @property
    def last(self) -> OwnEvent:
        return list(self.rung.values())[-1]

    @property
    def on_record(self) -> list[str]:
        return [key for (key,) in self.tables.items["endpoints"] if not key.startswith(CHANGES)]


@pytest.fixture
def world() -> World:
    return World()


def test_an_outage_is_one_event_and_its_end_another_under_the_same_key(world: World) -> None:
    world.parked()
    assert world.ticks(10) == [PARKED]
    opened = world.last
    world.recovered()
    assert world.ticks(20) == [RECOVERED]
    assert (opened.body()["state"], world.last.body()["state"]) == (OPEN, CLOSED)
    assert opened.key == world.last.key
    assert world.on_record == []


def test_it_says_what_happened_since_when_what_comes_and_where_to_look(world: World) -> None:
    world.parked()
    world.ticks()
    assert world.last.title == "Endpoint acme/billing is parked"
    assert "failed 300 times in a row. Since 2023-11-14T22:12:20Z." in world.last.text
    assert "\nNext: Doorbell keeps what is for it" in world.last.text
    assert world.last.text.endswith("\nLook: doorbell status acme/billing")


def test_a_parking_for_want_of_a_permission_says_which(world: World) -> None:
    problem = "AccessDenied: the dispatcher may not assume arn:aws:iam::210987654321:role/theirs"
    world.healths[ENDPOINT] = DOWN
    world.notices.publish(PARKED, {"endpoint": ENDPOINT, "until": 1.0, "cause": "403", "problem": problem})
    world.ticks()
    assert f"Since 2023-11-14T22:12:20Z. {problem}.\nNext:" in world.last.text
    assert world.last.body()["problem"] == problem


def test_an_endpoint_that_comes_and_goes_makes_two_messages_a_window(world: World) -> None:
    told = []
    for _ in range(int(3 * WINDOW_SECONDS / TICK)):
        world.parked()
        told += world.ticks()
        world.recovered()
        told += world.ticks()
    assert told[:2] == [PARKED, RECOVERED]
    assert 4 <= len(told) <= 2 * 6
    assert (told + world.ticks(10))[-1] == RECOVERED


def test_its_end_is_told_although_the_note_of_it_got_lost(world: World) -> None:
    world.parked()
    world.ticks()
    world.healths.clear()  # nobody noted it
    assert world.ticks(70) == [RECOVERED]
    assert "reset or changed" in world.last.text


def test_what_came_and_went_between_two_ticks_is_told_once_as_over(world: World) -> None:
    world.parked()
    world.recovered()
    assert world.ticks(10) == [RECOVERED]


def test_a_recovery_of_what_nobody_was_told_of_is_none(world: World) -> None:
    world.recovered()
    assert world.ticks(3) == []
    assert world.on_record == []


def test_who_is_switched_off_is_told_at_once_and_not_as_recovered(world: World) -> None:
    world.parked()
    world.ticks()
    world.healths.clear()  # it is reset
    world.notices.publish(DISABLED, {"endpoint": ENDPOINT, "reason": "410 Gone"})
    assert world.ticks(20) == [DISABLED]
    assert "410 Gone" in world.last.text
    assert world.on_record == []


def test_telling_ends_by_the_clock_and_the_next_tick_tells_the_rest(world: World) -> None:
    for number in range(3):
        world.parked(f"acme/s{number}")
    assert world.tell(stop_at=world.clock.now - 1) == 1
    assert world.tell(stop_at=world.clock.now + 40) == 2


def test_what_is_told_is_counted_each_time(world: World) -> None:
    world.parked()
    world.ticks(3)
    world.recovered()
    world.ticks(3)
    assert world.metrics.counts["Told"] == 2


def test_three_hundred_that_are_given_up_are_one_event_a_window_with_their_count(world: World) -> None:
    for number in range(300):
        world.notices.publish(EXHAUSTED, {"endpoint": ENDPOINT, "event_id": f"evt_{number}"})
    assert world.ticks() == [EXHAUSTED]
    assert world.last.count == 300
    assert world.last.title == "Endpoint acme/billing: 300 deliveries given up"
    world.notices.publish(EXHAUSTED, {"endpoint": ENDPOINT, "event_id": "evt_x"})
    assert world.ticks(3) == []
    assert world.ticks(10) == [EXHAUSTED]
    assert world.last.count == 301
    assert world.on_record == []


@pytest.mark.parametrize("kind", [PARKED, RECOVERED, DISABLED, EXHAUSTED])
def test_nothing_is_told_of_an_endpoint_that_hears_of_the_others(world: World, kind: str) -> None:
    world.healths["doorbell/slack"] = DOWN
    world.notices.publish(kind, {"endpoint": "doorbell/slack"})
    assert world.ticks(3) == []
    assert world.on_record == []
    assert [kind for kind, _ in world.bus.sent] == [kind]  # the operators' bus hears of it as before


def test_a_tenant_whose_name_begins_alike_is_another(world: World) -> None:
    world.parked("doorbell-2/slack")
    assert world.ticks() == [PARKED]


def test_the_notices_on_the_bus_stay_as_they_are(world: World) -> None:
    world.parked()
    assert world.bus.sent == [(PARKED, {"endpoint": ENDPOINT, "until": DOWN.parked_until})]


def test_what_was_sent_and_not_noted_as_told_is_sent_again_under_the_same_key(world: World) -> None:
    world.parked()
    sound = IncidentTable.told
    crash = RuntimeError("the sweeper dies here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IncidentTable, "told", lambda *_: (_ for _ in ()).throw(crash))
        with pytest.raises(RuntimeError):
            world.ticks()
    assert IncidentTable.told is sound
    assert world.ticks(5) == []  # the same key: one event
    assert len(world.rung) == 1


@pytest.mark.parametrize(
    ("aim", "says"),
    [
        (Aim("https://elsewhere.example/", enabled=True), "It was reset or changed"),
        (Aim(URL, enabled=False), "switched off or removed. It was parked since"),
        (None, "What is pending for it is cancelled"),
    ],
    ids=["pointed elsewhere", "switched off", "removed"],
)
def test_whose_subscription_no_longer_has_that_endpoint_is_told_of_its_end(
    world: World, aim: Aim | None, says: str
) -> None:
    """Nobody asks the endpoint any more, so nobody writes that it is well."""
    world.parked()
    assert world.ticks(2) == [PARKED]
    world.aims[ENDPOINT] = aim
    assert world.ticks(70) == [RECOVERED]
    assert says in world.last.text
    assert world.on_record == []


def test_the_same_subscription_of_another_tenant_is_another(world: World) -> None:
    world.parked()
    world.parked("globex/billing")
    assert world.ticks(2) == [PARKED, PARKED]
    world.aims["globex/billing"] = None
    assert world.ticks(70) == [RECOVERED]
    assert world.last.about == "globex/billing"


def test_a_parking_that_was_sent_by_a_sweeper_that_died_is_told_of_its_end(world: World) -> None:
    """The second of one incident: the last that is on record as told is an end already."""
    world.parked()
    world.ticks()
    world.recovered()
    assert world.ticks(5) == [RECOVERED]
    world.clock.advance(WINDOW_SECONDS - 5 * TICK)
    world.parked()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IncidentTable, "told", lambda *_: (_ for _ in ()).throw(RuntimeError("it dies here")))
        with pytest.raises(RuntimeError):
            world.ticks()
    assert world.last.kind == PARKED
    world.recovered()
    assert world.ticks(20) == [RECOVERED]
    assert world.on_record == []


def test_a_sweeper_that_slept_before_it_sent_sends_what_another_sent_for_it(world: World) -> None:
    world.parked()
    slept: list[tuple[OwnEvent, str]] = []
    sleeper = replace(world.tell, ring=lambda *rung: slept.append(rung))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IncidentTable, "told", lambda *_: False)  # it did not come to that
        sleeper(stop_at=world.clock.now + 40)
    world.recovered()
    assert world.ticks(20) == [PARKED, RECOVERED]
    ((event, key),) = slept
    world._ring(event, key)
    assert [one.kind for one in world.rung.values()] == [PARKED, RECOVERED]


def test_what_is_sent_again_says_how_often_it_was_when_it_was_sent(world: World) -> None:
    """Else those that came since would be told as counted, by a message that nobody got."""
    world.notices.publish(EXHAUSTED, {"endpoint": ENDPOINT, "event_id": "evt_1"})
    world.fails = [unavailable("sqs")]
    assert world.ticks() == []
    world.notices.publish(EXHAUSTED, {"endpoint": ENDPOINT, "event_id": "evt_2"})
    assert world.ticks() == [EXHAUSTED]
    assert world.last.count == 1
    assert world.ticks(10) == [EXHAUSTED]
    assert world.last.count == 2


def test_an_incident_that_is_open_for_longer_than_a_note_is_kept_is_told_of_its_end(world: World) -> None:
    world.parked()
    world.ticks()
    for _ in range(int(KEPT_SECONDS / CHECK_SECONDS["health"]) + 2):
        world.clock.advance(CHECK_SECONDS["health"])
        world.tell(stop_at=world.clock.now + 40)
    (name,) = world.on_record
    item = world.tables.items["endpoints"][(name,)]
    assert float(item["expires_at"]["N"]) > world.clock.now
    world.recovered()
    assert world.ticks() == [RECOVERED]


def test_what_could_not_be_sent_is_sent_at_the_next_tick(world: World) -> None:
    world.parked()
    world.fails = [unavailable("sqs")]
    assert world.ticks() == []
    assert world.ticks() == [PARKED]


def test_a_note_that_cannot_be_written_stops_nobody_and_is_counted_as_lost(world: World) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise unavailable()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IncidentTable, "note", refuse)
        world.parked()
    assert world.lost == [PARKED]


def test_dead_letters_are_told_and_that_they_are_gone(world: World) -> None:
    world.depths["a-dlq"] = 4
    assert world.ticks(12) == [DEAD_LETTERS]
    assert world.last.title == "4 messages in the dead-letter queue a-dlq"
    world.depths.clear()
    assert world.ticks(20) == [DRAINED]
    assert world.on_record == []


def test_a_sweeper_that_is_late_says_so_and_that_it_is_on_time_again(world: World) -> None:
    world.kept.measure("DueLag", 900.0)
    assert world.ticks(4) == [LATE]
    world.kept.measure("DueLag", 3.0)
    assert world.ticks(10) == [ON_TIME]
    assert world.on_record == []


def test_two_sweepers_at_once_tell_one_event(world: World) -> None:
    world.parked()
    seen = world.table.get(Cause.HEALTH, ENDPOINT)
    assert seen is not None
    ringing = Ringing(PARKED, 1, {})
    assert world.table.begin(seen, ringing)
    assert not world.table.begin(seen, ringing)
    assert world.table.told(seen, ringing, START, START + 300)
    assert not world.table.told(seen, ringing, START, START + 300)


def test_a_note_while_somebody_looks_keeps_the_next_look_due(world: World) -> None:
    world.parked()
    world.ticks()
    seen = world.table.get(Cause.HEALTH, ENDPOINT)
    assert seen is not None
    world.recovered()
    assert not world.table.sleep(seen, START, START + 9999)
    assert not world.table.end(seen)
    assert world.ticks() == [RECOVERED]


def test_an_own_event_is_of_its_own_source_and_tenant_and_one_hop_from_what_happened() -> None:
    sent: list[Any] = []

    class Queue:
        def send(self, event: Any, body: Any) -> None:
            sent.append((event, body))

        def send_all(self, events: Any) -> None: ...

    ring = RingItself(own_event, Queue(), FakeClock(START), Sequential("ing"))
    ring(refusals("github-main", "signature_mismatch", 20, START), "k")
    ring(refusals("github-main", "signature_mismatch", 20, START), "k")
    (first, body), (second, _) = sent
    assert (first.source_id, first.tenant_id, first.event_type, first.hops) == (SOURCE, TENANT, REFUSALS, 1)
    assert first.event_id == second.event_id != first.ingest_id
    assert b"doorbell refused list github-main" in body.inline


def every_event() -> list[OwnEvent]:
    causes = {
        PARKED: Cause.HEALTH, RECOVERED: Cause.HEALTH, DISABLED: Cause.HEALTH, EXHAUSTED: Cause.EXHAUSTED,
        DEAD_LETTERS: Cause.DEAD_LETTERS, DRAINED: Cause.DEAD_LETTERS, LATE: Cause.LATE, ON_TIME: Cause.LATE,
    }  # fmt: skip
    told = [
        of_incident(Incident(cause, ENDPOINT, kind, START, START, 3, 1), Present(kind), START)
        for kind, cause in causes.items()
    ]
    return [
        *told,
        refusals("github-main", "signature_mismatch", 20, START),
        config_error("subscription acme/billing", "url", "is no URL", START),
        replay_done(ENDPOINT, 40, "rpl_1", START),
    ]


def test_every_kind_has_its_words() -> None:
    assert {event.kind for event in every_event()} == set(KINDS)


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.kind)
def test_every_event_bears_what_chats_and_pagers_read_of_it(event: OwnEvent) -> None:
    body = event.body()
    assert [body[name] for name in ("title", "text", "key", "about")] == [
        event.title, event.text, event.key, event.about,
    ]  # fmt: skip
    assert body["severity"] in SEVERITIES
    assert body["state"] in STATES


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.kind)
def test_every_command_that_an_event_names_is_one(event: OwnEvent) -> None:
    named = re.findall(
        r"doorbell (?:[a-z-]+ ?|--[a-z]+ \S+ ?|[a-z]+/\S+ ?)+", event.text.replace(", then", "\n")
    )
    assert "\nLook: doorbell " in event.text
    for command in named:
        words = [word for word in shlex.split(command)[1:] if "/" not in word and word != "github-main"]
        options = [word for word in words if word.startswith("--")]
        path = words[: words.index(options[0])] if options else words
        shown = CliRunner().invoke(app, [*path, "--help"])
        assert shown.exit_code == 0, command
        assert all(option in shown.output for option in options), command


def test_a_broken_item_is_rung_once_an_hour_whichever_clock_stood_still() -> None:
    clocks = FakeClocks(wall=START)
    seldom = Seldom(clocks.clocks)
    assert [seldom.may("x"), seldom.may("x"), seldom.may("y")] == [True, False, True]
    clocks.advance(HOUR + 1, running=False)
    assert seldom.may("x")


@pytest.mark.parametrize("item", ["source doorbell", "subscription doorbell/slack", "event_type doorbell/x"])
def test_a_broken_item_of_the_tenant_that_hears_of_it_is_not_rung(
    item: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from doorbell.runtime import own_events

    rung: list[str] = []
    monkeypatch.setattr(own_events, "_ring", lambda event, key: rung.append(key))
    own_events.ring_config_error(ConfigError(item, "url", "is no URL"), Seldom())
    assert rung == []
    own_events.ring_config_error(ConfigError("subscription acme/x", "url", "is no URL"), Seldom())
    assert len(rung) == 1


def test_refusals_of_each_source_and_reason_are_one_event_an_hour_but_of_doorbell_s_own_source_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from doorbell.runtime import own_events

    rung, clock = list[tuple[str, str]](), FakeClock()
    monkeypatch.setattr(own_events, "_ring", lambda event, key: rung.append((event.about, key)))
    monkeypatch.setattr(own_events, "time", SimpleNamespace(time=clock))
    for clock.now in (HOUR, 2 * HOUR - 1, 2 * HOUR):
        for source, reason in (("gh", "a"), ("gh", "b"), ("shop", "a"), (SOURCE, "a")):
            own_events.ring_refusals(source, reason, 7)
    assert [about for about, _ in rung] == ["gh", "gh", "shop"] * 3
    assert len({key for _, key in rung}) == 6, "with one key it is one event"


def test_the_window_is_longer_than_a_tick() -> None:
    assert rules.WINDOW_SECONDS > 2 * TICK


def test_when_an_endpoint_was_parked_and_recovered_stays_on_record_and_why(world: World) -> None:
    for number in range(KEPT // 2 + 1):
        world.clock.now = START + number * 3600
        world.notices.publish(PARKED, {"endpoint": ENDPOINT, "until": 1.0, "cause": "503"})
        world.clock.advance(60)
        world.notices.publish(RECOVERED, {"endpoint": ENDPOINT})
    item = world.tables.items["endpoints"][(changes_key(ENDPOINT),)]
    found = changes_from(unmarshal(item))
    assert len(found) == KEPT
    assert found[0] == Changed(START + 3600, PARKED, "503"), "the newest are kept"
    assert found[-1] == Changed(START + KEPT // 2 * 3600 + 60, RECOVERED)
    assert float(item["expires_at"]["N"]) > world.clock.now + 29 * 86_400
    world.notices.publish(EXHAUSTED, {"endpoint": "acme/other", "reason": "schedule"})
    assert (changes_key("acme/other"),) not in world.tables.items["endpoints"]
