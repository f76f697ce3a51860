"""What is true at the end: the ledger, what the subscribers saw, and why some saw an event twice."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from doorbell.domain.deliveries import Delivery
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.ledger import LedgerTable
from doorbell.store.events.stories import StoryTable
from doorbell.usecases.audit import Audit, Report
from doorbell_cli.ops.queues import depth, redrive
from doorbell_cli.stack import LocalStack
from tests.chaos.faults import Chaos
from tests.chaos.provider import Provider, issues
from tests.chaos.subscribers import Witness
from tests.support.stack import target_of

LOOK_EVERY_SECONDS = 5.0


def audit(stack: LocalStack, tenant: str) -> Report:
    """`doorbell audit --settle 0s`."""
    client, table = stack.client("dynamodb"), stack.outputs["EventsTableName"]
    with ThreadPoolExecutor(4) as pool:
        of = Audit(
            EventLog(client, table), LedgerTable(client, table), time.time, partial(pool.map), settle=0
        )
        return of([tenant], time.time() - 3600, time.time())


def settle(stack: LocalStack, tenant: str, seconds: float) -> int:
    """Wait until nothing is pending or queued; the events redriven from their dead-letter queue, as an
    operator would. Gives up quietly: the verdict will tell."""
    target, redriven = target_of(stack), 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if depth(target, "EventsDeadLetter"):
            redriven += sum(1 for _ in redrive(target, "events", 1000))
        elif depth(target, "Events") == 0:
            report = audit(stack, tenant)
            if report.balanced and report.totals.states["pending"] == 0:
                return redriven
        time.sleep(LOOK_EVERY_SECONDS)
    return redriven


@dataclass(frozen=True, slots=True)
class Verdict:
    report: Report
    recorded: set[str]
    deliveries: dict[str, list[Delivery]]
    provider: Provider
    crowd: list[Witness]
    chaos: Chaos
    redriven: int

    @classmethod
    def of(
        cls,
        stack: LocalStack,
        tenant: str,
        provider: Provider,
        crowd: list[Witness],
        chaos: Chaos,
        redriven: int,
    ) -> "Verdict":
        client, table = stack.client("dynamodb"), stack.outputs["EventsTableName"]
        log = EventLog(client, table).between(tenant, time.time() - 3600, time.time())
        recorded = {row.event_id for row in log}
        deliveries: dict[str, list[Delivery]] = {witness.name: [] for witness in crowd}
        stories = StoryTable(client, table, time.time)
        for event_id in recorded:
            story = stories.story(event_id)
            for delivery in story[1] if story else ():
                deliveries[delivery.key.subscription_id].append(delivery)
        return cls(audit(stack, tenant), recorded, deliveries, provider, crowd, chaos, redriven)

    def complaints(self) -> list[str]:
        return list(self._complaints())

    def _complaints(self) -> Iterator[str]:
        accepted = set(self.provider.accepted.values())
        totals = self.report.totals
        if accepted != self.recorded:
            yield f"accepted {len(accepted)}, recorded {len(self.recorded)}"
        if not self.report.balanced:
            yield f"the ledger does not balance: {self.report.discrepancies[:5]}"
        if totals.states["pending"]:
            yield f"{totals.states['pending']} deliveries are still pending"
        ended = sum(totals.states[state] for state in ("delivered", "exhausted", "cancelled"))
        wanted = self._wanted()
        if not ended == totals.matched == wanted:
            yield f"wanted {wanted} deliveries, matched {totals.matched}, ended {ended}"
        for witness in self.crowd:
            yield from self._missing(witness)
            if (unrecorded := self._unrecorded(witness)) > 10 * sum(self.chaos.killed.values()):
                yield f"{witness.name}: {unrecorded} sends without a record, more than the kills explain"

    def _wanted(self) -> int:
        """Three want every event, one every issue; the one that goes away those until it is off."""
        rung, gone = len(set(issues(self.provider))), len(self.deliveries["gone"])
        return 3 * len(set(self.provider.accepted.values())) + rung + min(gone, rung)

    def _missing(self, witness: Witness) -> Iterator[str]:
        """Who was delivered to has seen the event and said 2xx; the sound ones have seen all."""
        for delivery in self.deliveries[witness.name]:
            event_id = delivery.key.event_id
            if delivery.state == "delivered" and not witness.accepted[event_id]:
                yield f"{witness.name}: {event_id} is delivered on record and was never taken"
            elif witness.name in ("steady", "flaky", "hanging") and not witness.accepted[event_id]:
                yield f"{witness.name}: {event_id} never arrived ({delivery.state})"

    def _unrecorded(self, witness: Witness) -> int:
        """Requests that no attempt on record accounts for: a worker died between the send and its record."""
        on_record = sum(delivery.attempts_made for delivery in self.deliveries[witness.name])
        reached = witness.requests - on_record
        return max(0, reached)

    def lines(self) -> Iterator[str]:
        totals = self.report.totals
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.chaos.killed.items()))
        yield f"faults: workers killed: {kills}; MiniStack stopped and started: {self.chaos.restarts}"
        yield (
            f"faults: messages sent twice: {dict(self.chaos.doubled)}; rung twice by the provider: "
            f"{self.provider.rung_twice}; redriven from the dead-letter queue: {self.redriven}"
        )
        states = ", ".join(f"{state} {count}" for state, count in sorted(totals.states.items()))
        yield f"ledger: events {totals.events}, matched {totals.matched} = {states}"
        for witness in self.crowd:
            yield self._line(witness)
        for complaint in self.complaints():
            yield f"WRONG: {complaint}"

    def _line(self, witness: Witness) -> str:
        twice = sum(count > 1 for count in witness.seen.values())
        retried = sum(d.attempts_made - 1 for d in self.deliveries[witness.name] if d.attempts_made > 1)
        taken_twice = sum(count > 1 for count in witness.accepted.values())
        return (
            f"{witness.name}: {len(self.deliveries[witness.name])} events, {witness.requests} requests; "
            f"{twice} seen more than once: {retried} retries on record, "
            f"{self._unrecorded(witness)} sends by workers that died before the record; "
            f"{taken_twice} taken (2xx) more than once"
        )
