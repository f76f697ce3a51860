"""A history of jobs: people ask for bulk replays and call them off, workers do them, and die.

The real workers, desk and tables run on DynamoDB in memory. One seed is one history. At each of their calls
others may do all of theirs first, a worker may freeze past its lease, the call may fail before or after its
effect, or its worker die; every third history has no such fault, and others come between all the same. Two
tenants have the same names, and jobs of the same ids. What is held at every step:

- A job's item moves by one version at a time, and never on from an end, but for the count of a last page.
- Nobody takes a job while another's lease runs.
- No delivery is made twice, or of what is not on the page at which the job stands: so none ahead of the
  record, none after the end, none of another tenant.
- At rest each job is done or cancelled. One that is done has looked at everything once, made what its record
  says, and was told. One that was cancelled has made what its record says, where no worker died.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.errors import Refusal, Unavailable
from doorbell.domain.jobs import Job, JobKey, JobState
from doorbell.domain.previews import PreviewJob
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import Cursor, MissedPage, ReplayJob, Selection
from doorbell.domain.trial_jobs import TrialJob
from doorbell.store.deliveries.delivery_items import delivery_values, parse_key
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.job_items import PREFIX, job_from, parse_work_key
from doorbell.store.events.jobs import DueJobIndex, JobTable
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.ports_of_jobs import Step
from doorbell.usecases.replay_many import ReplayMany
from doorbell.usecases.work_off import WorkOff
from tests.simulation.loop import Violation
from tests.support import fakes
from tests.support.builders import a_subscription
from tests.support.fakes_dynamo import DynamoClient, Key, Tables
from tests.support.fakes_expressions import Item

TENANTS, NAME, SHARDS, PAGE = ("acme", "acme.x"), "sub", 4, 4
START = fakes.START


class Killed(BaseException):
    """A worker ends here."""


class JobsWorld:
    def __init__(self, seed: int, steps: int = 60) -> None:
        self.rng, self.now, self.steps, self.calm, self._depth = (
            Random(f"jobs {seed}"),
            START,
            steps,
            False,
            0,
        )
        self.faults, self.struck = seed % 3 != 0, False
        self.tables = Tables(lambda: self.now, index_lag=self._index_lag)
        self.rows = {tenant: self._missed(tenant) for tenant in TENANTS}
        self.jobs: dict[JobKey, Job] = {}
        self.made: dict[JobKey, int] = Counter()
        self.told, self.by_hand = set[JobKey](), set[DeliveryKey]()
        self.tables.listeners.append(self._written)
        client, log = DynamoClient(self.tables, self._call), fakes.RecordingLog()
        table = JobTable(client, "events", self.clock)
        self.log = _Log(UndeliveredIndex(client, "events"))
        pool: Any = _InTurn()
        self.replays = ReplayTable(client, "events", SHARDS, pool, self.clock)
        count = iter(range(1000))
        ids = (f"{number // 2:08x}" for number in count)  # both tenants get the same
        self.desk = JobDesk(table, lambda *_: a_subscription(), self.clock, lambda: next(ids), log)
        index = DueJobIndex(client, "events")
        self.worker = WorkOff(table, index, self._step_for, self._tell, self.clock, log)

    def run(self) -> None:
        for tenant in TENANTS:
            self._guarded(lambda tenant=tenant: self._ask(tenant))  # type: ignore[misc]
        for _ in range(self.steps):
            self.now += self.rng.choice([1.0, 20.0, 70.0])
            self._something()
        self.calm = True
        for _ in range(60):
            self.now += 1000
            self.worker(stop_at=self.now + 240)
        self._at_rest()

    def clock(self) -> float:
        return self.now

    def _index_lag(self) -> float:
        return 0.0 if self.calm else self.rng.choice([0.0, 0.0, 3.0, 90.0])

    def _something(self) -> None:
        what = [self._work, self._cancel, self._by_hand, lambda: self._ask(self.rng.choice(TENANTS))]
        does: Callable[[], object] = self.rng.choices(what, [8, 0.5, 0.5, 0.3])[0]
        self._guarded(does)

    def _guarded(self, does: Callable[[], object]) -> None:
        self._depth += 1
        try:
            does()
        except (Killed, Unavailable, Refusal):
            pass
        finally:
            self._depth -= 1

    def _ask(self, tenant: str) -> None:
        selection = Selection(tenant, NAME, START - 3600, START)
        self.desk.replay(selection, self.rng.choice([None, 2.0]), "someone")

    def _work(self) -> None:
        self.worker(stop_at=self.now + 240)

    def _cancel(self) -> None:
        if self.jobs:
            self.desk.cancel(self.rng.choice(list(self.jobs)), "somebody else")

    def _by_hand(self) -> None:
        """Somebody replays one delivery."""
        tenant = self.rng.choice(TENANTS)
        if not self.rows[tenant]:
            return
        key = replace(self.rng.choice(self.rows[tenant]), generation=1)
        key_of_item = (key.event_id, f"delivery#{NAME}#0001")
        if key_of_item not in self.tables.items["events"]:
            self.by_hand.add(key)
            self.tables.write("events", key_of_item, _item(_delivery(key, tenant, State.PENDING)))

    def _step_for(self, job: Job) -> Step:
        return ReplayMany(self.log, self.replays, self.clock).page

    def _tell(self, job: Job) -> None:
        self.told.add(job.key)

    def _missed(self, tenant: str) -> list[DeliveryKey]:
        """In the order in which they ended; several at one time."""
        keys = [DeliveryKey(f"evt_{tenant}_{number:02}", NAME) for number in range(self.rng.randrange(0, 19))]
        for number, key in enumerate(keys):
            ended = {"ended_at": START - 600 + number // 3, "reason": "schedule"}
            item = {**_item(_delivery(key, tenant, State.EXHAUSTED)), **marshal(ended)}
            self.tables.write("events", (key.event_id, f"delivery#{NAME}"), item)
        return keys

    def _call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
        if self.calm:
            return effect()
        if self._depth < 4 and self.rng.random() < 0.15:
            self._something()
        if self.rng.random() < 0.05:
            self.now += self.rng.choice([1.0, 100.0, 300.0])
        how = self.rng.random() if self.faults else 1.0
        if how < 0.02:
            raise self._trouble(operation)
        done = effect()
        if how < 0.04:
            raise self._trouble(operation)
        return done

    def _trouble(self, operation: str) -> BaseException:
        self.struck = True
        if self.rng.random() < 0.5:
            return Killed()
        return ClientError({"Error": {"Code": "InternalServerError"}}, operation)

    def _written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        if table != "events":
            return
        event_id, sk = key
        if event_id.startswith(PREFIX) and after is not None:
            self._job_written(parse_work_key(event_id), job_from(unmarshal(after)))
        elif sk.endswith("#0001") and parse_key(event_id, sk) not in self.by_hand:
            self._delivery_made(parse_key(event_id, sk), before, unmarshal(after or {}))

    def _job_written(self, key: JobKey, new: Job) -> None:
        old = self.jobs.get(key)
        if new.version != (0 if old is None else old.version) + 1:
            raise Violation(f"{key} jumps to version {new.version}")
        if new.state.ended != (new.due_at is None):
            raise Violation(f"{key} is {new.state} and due at {new.due_at}")
        if old is not None:
            counted = replace(new, work=old.work, version=old.version) == old
            if old.state.ended and not (old.state is JobState.CANCELLED and counted):
                raise Violation(f"{key} goes on from {old.state}")
            if made_by(new) < made_by(old):
                raise Violation(f"{key} has made fewer than before")
            if new.tries > old.tries and (old.due_at is None or old.due_at > self.now):
                raise Violation(f"{key} is taken while somebody has it")
        self.jobs[key] = new

    def _delivery_made(self, key: DeliveryKey, before: Item | None, after: dict[str, Any]) -> None:
        if before is not None:
            raise Violation(f"{key} is made twice")
        job = self.jobs[JobKey(after["tenant_id"], after["replay_job"].partition(".")[0])]
        rows, cursor = self.rows[job.key.tenant_id], job.work.cursor
        first = 0 if cursor is None else [one.event_id for one in rows].index(str(cursor["event_id"])) + 1
        page = [] if job.work.finished_at is not None else rows[first : first + PAGE]
        if replace(key, generation=0) not in page:
            raise Violation(f"{key} is made, and the job stands at {cursor}")
        self.made[job.key] += 1

    def replays_asked(self) -> list[tuple[JobKey, Job]]:
        return [(key, job) for key, job in self.jobs.items() if isinstance(job.work, ReplayJob)]

    def _at_rest(self) -> None:
        for key, job in self.replays_asked():
            rows, work = len(self.rows[key.tenant_id]), job.replay
            if not job.state.ended or job.state is JobState.FAILED:
                raise Violation(f"{key} is {job.state} at rest: {job.problem}")
            if job.state is JobState.DONE and work.created + sum(work.skipped.values()) != rows:
                raise Violation(f"{key} made {work.created}, left out {work.skipped}, of {rows}")
            if job.state is JobState.DONE and key not in self.told:
                raise Violation(f"nobody was told of {key}")
            exact = job.state is JobState.DONE or not self.struck
            if self.made[key] != work.created if exact else self.made[key] < work.created:
                raise Violation(f"{key} made {self.made[key]} and says {work.created}")


def made_by(job: Job) -> int:
    """What it has on record."""
    match job.work:
        case ReplayJob():
            return job.work.created
        case PreviewJob():
            return job.work.looked
        case PurgeJob():
            return sum(job.work.found.values())
        case TrialJob():
            return int(job.work.made_at is not None)
    raise AssertionError(job.work)


class _Log:
    """What was missed, in pages of `PAGE`."""

    def __init__(self, index: UndeliveredIndex) -> None:
        self._index = index

    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage:
        return self._index.page(selection, after, min(limit, PAGE))


class _InTurn:
    """Of a pool of threads what the table uses."""

    map = staticmethod(map)


def _delivery(key: DeliveryKey, tenant: str, state: State) -> Delivery:
    kept_until = int(START) + 90 * 86_400
    return Delivery(key, tenant, state, START - 3000, START - 3000, None, kept_until, event_type="push")


def _item(delivery: Delivery) -> Item:
    return marshal(delivery_values(delivery, SHARDS))
