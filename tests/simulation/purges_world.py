"""A history of purges: a tenant's things are counted and removed, called off, asked for again; workers die.

As `jobs_world`, with what is held there of jobs. One tenant may be purged; the other, whose name begins with
its name and whose things have the same names, may only be counted. Beside it:

- Nothing of the other is ever written, but its jobs; nothing of the first before somebody asked to remove it.
- A purge's record is never removed. Only one purge of a tenant is under way.
- At rest, one purge more: then nothing of the tenant is left anywhere, but the record of purges; so whatever
  a purge that died or was called off has left, a further one finds. One that is done says that nothing is
  left, and where nothing was struck it has found everything once.
"""

from dataclasses import replace
from typing import Any

from doorbell.domain.jobs import TRIES, Job, JobKey, JobState
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import Selection
from doorbell.domain.routes import Manifest
from doorbell.runtime.purging import Places, drawers
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import tenant_day
from doorbell.store.events.job_items import PREFIX
from doorbell.store.events.jobs import DueJobIndex, JobTable
from doorbell.store.events.operations import operations_partition
from doorbell.store.events.replay_jobs import job_key, jobs_partition
from doorbell.store.routes.items import about_key, entry_key, manifest_item
from doorbell.usecases.ask_to_purge import AskToPurge
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.ports_of_jobs import Step
from doorbell.usecases.purge import Drawer, Purge, Recorded
from doorbell.usecases.work_off import GIVEN_UP, WorkOff
from tests.simulation.jobs_world import PAGE, START, TENANTS, JobsWorld
from tests.simulation.loop import Violation
from tests.simulation.purges_client import Objects, PurgesClient
from tests.support import fakes
from tests.support.fakes_dynamo import SCHEMA, Key
from tests.support.fakes_expressions import Item, plain

GOES, STAYS = TENANTS
TABLES = Places(
    "sources", "subscriptions", "event_types", "endpoints", "events", "routes", "refused", "rollups", "bodies"
)


class InTurn:
    """Of a pool of threads what a purge uses."""

    map = staticmethod(map)


class PurgesWorld(JobsWorld):
    def __init__(self, seed: int, steps: int = 60) -> None:
        super().__init__(seed, steps)
        client, log = PurgesClient(self.tables, self._call), fakes.RecordingLog()
        self.s3 = Objects(self._call, removed=self._object_removed)
        self.asked_to_remove, self.recorded = False, list[str]()
        self.there = {tenant: self._fill(tenant) for tenant in TENANTS}
        self.client, table = client, JobTable(client, "events", self.clock)
        count = iter(range(1000))
        desk = JobDesk(table, lambda *_: None, self.clock, lambda: f"{next(count):08x}", log)
        self.desk = desk
        self.purges = AskToPurge(desk, True, lambda tenant: True, self._recorded)
        index = DueJobIndex(client, "events")
        self.worker = WorkOff(table, index, self._step_for, self._tell, self.clock, log)
        self.tables.listeners.append(self._watched)

    def _missed(self, tenant: str) -> list[Any]:
        return []

    def _fill(self, tenant: str) -> int:
        """Some of each kind; how many are counted."""
        of = {"tenant_id": tenant}
        counts = {kind: self.rng.randrange(0, 6) for kind in ("source", "sub", "type", "event", "kept")}
        for n in range(counts["source"]):
            self._put("sources", source_id=f"{tenant}.{n}", **of)
            self._put("endpoints", subscription_id=f"{tenant}/source#{tenant}.{n}")
        for n in range(counts["sub"]):
            self._put("subscriptions", subscription_id=f"sub{n}", **of)
            self._put("endpoints", subscription_id=f"{tenant}/sub{n}")
            self._file(tenant, f"sub{n}")
        for n in range(counts["type"]):
            self._put("event_types", event_type=f"t{n}", **of)
        for n in range(2 * counts["event"]):
            self._event(tenant, n)
        for n in range(counts["kept"]):
            self._put("refused", source_id=f"{tenant}.{n % 2}", sk=f"kept#{n}", **of)
            self._put("rollups", holder=f"source#{tenant}/s{n}", at=300 * n)
            self.s3.keys |= {f"{tenant}/{n}", f"!large/{tenant}/{n}", f"!refused/{tenant}/{n}"}
            day = operations_partition(tenant)
            self._put("events", event_id=f"op#{tenant}{n}", sk="op", tenant_day=day, created_at=START)
        self._put("events", **job_key(f"old.{tenant}"), tenant_day=jobs_partition(tenant), created_at=START)
        configured = counts["source"] + counts["sub"] + counts["type"]
        return configured + 2 * counts["event"] + 6 * counts["kept"] + 1

    def _event(self, tenant: str, n: int) -> None:
        """Some of one moment; with deliveries to subscriptions of which some are gone."""
        event_id, at = f"evt_{tenant}_{n:02}", START - 600 + n // 3
        day = tenant_day(tenant, at, event_id)
        self._put("events", event_id=event_id, sk="event", tenant_id=tenant, tenant_day=day, created_at=at)
        for name in ("sub0", f"gone{n}"):
            self._put("events", event_id=event_id, sk=f"delivery#{name}", tenant_id=tenant)
            self._put("events", event_id=event_id, sk=f"attempt#{name}#0000#0002")
            self._put("endpoints", subscription_id=f"{tenant}/{name}")

    def _file(self, tenant: str, name: str) -> None:
        filed = Manifest(1, "d", ("all#",))
        for item in (manifest_item(tenant, name, filed, START), entry_key(tenant, "all#", name)):
            self.tables.write("routes", (item["pk"]["S"], item["sk"]["S"]), item)
        about = about_key(tenant)
        self.tables.write("routes", (about["pk"]["S"], about["sk"]["S"]), about)

    def _put(self, table: str, **values: Any) -> None:
        item = marshal(values)
        self.tables.write(table, tuple(str(plain(item[name])) for name in SCHEMA[table]), item)

    def _something(self) -> None:
        what = [self._work, self._cancel, lambda: self._ask(self.rng.choice(TENANTS))]
        does = self.rng.choices(what, [8, 0.5, 0.7])[0]
        self._guarded(does)

    def _ask(self, tenant: str) -> None:
        removes = tenant == GOES and self.rng.random() < 0.7
        self.asked_to_remove |= removes
        self.purges(tenant, removes=removes, by="someone")

    def _recorded(self, by: str, tenant: str, job_id: str, at: float) -> None:
        self.recorded.append(job_id)

    def drawers(self, tenant: str) -> list[Drawer]:
        span = Selection(tenant, "", START - 3600, START + 3600, ())
        pool: Any = InTurn()
        found = drawers(self.client, self.s3, TABLES, span, pool)
        return [replace(one, page_size=PAGE) if isinstance(one, Recorded) else one for one in found]

    def _step_for(self, job: Job) -> Step:
        return Purge(self.drawers(job.key.tenant_id), lambda: 0, self.clock).page

    def _watched(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        if key[0].startswith(PREFIX):
            if after is None:
                raise Violation(f"the record {key} is removed")
        elif after is None and before is not None:
            self._removed(f"{table} {key} {before}", self._owner(key, before))

    def _object_removed(self, key: str) -> None:
        self._removed(key, key.removeprefix("!large/").removeprefix("!refused/").partition("/")[0])

    def _removed(self, what: str, owner: str) -> None:
        if owner != GOES:
            raise Violation(f"{what} of {owner} is removed")
        if not self.asked_to_remove:
            raise Violation(f"{what} is removed, and nobody asked for it")

    def _owner(self, key: Key, item: Item) -> str:
        if "tenant_id" in item:
            return str(item["tenant_id"]["S"])
        text = " ".join(key)
        return STAYS if STAYS in text else GOES

    def _at_rest(self) -> None:
        for key, job in self.jobs.items():
            self._purge_at_rest(key, job)
        self.asked_to_remove = True
        more = self.purges(GOES, removes=True, by="someone").key
        for _ in range(9):
            self.now += 1000
            self.worker(stop_at=self.now + 240)
        last = self.jobs[more]
        if last.state is not JobState.DONE:
            raise Violation(f"{more} is {last.state}: {last.problem}")
        self._purge_at_rest(more, last)
        left = [
            (table, key)
            for table, items in self.tables.items.items()
            for key, item in items.items()
            if not key[0].startswith(PREFIX) and self._owner(key, item) == GOES
        ]
        objects = [key for key in self.s3.keys if f"{STAYS}/" not in key]
        if left or objects:
            raise Violation(f"{more} is done, and there is {left} {objects}")

    def _purge_at_rest(self, key: JobKey, job: Job) -> None:
        work = job.work
        assert isinstance(work, PurgeJob)
        given_up = job.state is JobState.FAILED and job.problem == GIVEN_UP.format(tries=TRIES)
        if job.state not in (JobState.DONE, JobState.CANCELLED) and not given_up:
            raise Violation(f"{key} is {job.state} at rest: {job.problem}")
        if work.removes and key.job_id not in self.recorded:
            raise Violation(f"nobody is on record for {key}")
        if job.state is not JobState.DONE:
            return
        if work.removes and (work.left is None or any(work.left.values())):
            raise Violation(f"{key} is done, and left {work.left}")
        found = sum(work.found.values())
        is_first = key.tenant_id == STAYS
        if found > self.there[key.tenant_id] or (is_first and found != self.there[key.tenant_id]):
            raise Violation(f"{key} found {found} of {self.there[key.tenant_id]}")
