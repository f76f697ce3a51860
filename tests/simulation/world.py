"""Where every side effect passes: a worker stops there, may fail, die or freeze; others go on meanwhile."""

from collections.abc import Callable
from contextlib import suppress

from botocore.exceptions import ClientError, ReadTimeoutError

from doorbell.aws_errors import translated
from doorbell.domain.errors import ConfigError, Refusal, Unavailable
from doorbell.runtime import batches
from tests.simulation.faults import AWS_FAULTS, PROCESS_FAULTS, Fault, Faults, RandomFaults
from tests.simulation.loop import Loop
from tests.simulation.story import Story
from tests.simulation.workers import Invocation, Killed, Worker, current

_EXPECTED = (ConfigError, Refusal, Unavailable)
"""What the code under test may raise; anything else is a bug."""


class World(Loop):
    """`faults` None: those of the story, at random; `quiet`: it has none. `sites` are the side effects so
    far, `acting` the worker whose late call takes effect."""

    def __init__(self, story: Story, faults: Faults | None) -> None:
        super().__init__(story)
        self.faults: Faults = faults or RandomFaults(self.rng, story.rates)
        self.quiet = story.quiet and faults is None
        self.hit: dict[Fault, int] = {}
        self.sites: list[str] = []
        self.invocations: list[Invocation] = []
        self.acting: Worker | None = None
        self._ids = 0

    def new_id(self) -> str:
        self._ids += 1
        worker = current()
        if worker is not None:
            worker.leases.add(f"id-{self._ids}")
        return f"id-{self._ids}"

    # ------------------------------------------------------------------ side effects

    def call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
        """An AWS call: stop, perhaps fail, take effect, perhaps fail."""
        worker, fault = self._arrive(f"{operation} {detail}", AWS_FAULTS)
        if worker is None:
            return effect()
        if fault is Fault.REFUSED:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, operation)
        if fault is Fault.LATE:
            self.at(self.now + self.rng.choice((0.5, 5.0, 40.0)), lambda: self._late(worker, effect))
            raise ReadTimeoutError(endpoint_url=service)
        result = self._effect(effect, repeated=fault is Fault.REPEATED)
        self._leave(worker, fault)
        if fault is Fault.LOST_ANSWER:
            raise ReadTimeoutError(endpoint_url=service)
        return result

    def s3[T](self, operation: str, key: str, effect: Callable[[], T]) -> T:
        """An S3 call as the adapter gives it on: its errors are already `Unavailable`."""
        with translated("s3", operation):
            return self.call("s3", operation, key, effect)

    def process_step[T](self, what: str, effect: Callable[[], T]) -> T:
        """A side effect that is no AWS call: the worker may die or freeze around it."""
        worker, fault = self._arrive(what, PROCESS_FAULTS)
        result = effect()
        if worker is not None:
            self._leave(worker, fault)
        return result

    def wait(self, seconds: float) -> None:
        """Hold the current worker."""
        worker = current()
        if worker is None:
            return
        self.at(self.now + seconds, lambda: self._wake(worker))
        self.sleep(worker)

    def sleep(self, worker: Worker) -> None:
        """Until somebody wakes it."""
        worker.pause()
        self._survive(worker)

    def once(self, worker: Worker) -> Callable[[], None]:
        """Wakes it, whoever calls it first."""
        asleep = [worker]

        def wake() -> None:
            if asleep:
                self._wake(asleep.pop())

        return wake

    def wake_soon(self, worker: Worker) -> None:
        self.at(self.now, lambda: self._wake(worker))

    def _arrive(self, what: str, allowed: tuple[Fault, ...]) -> tuple[Worker | None, Fault | None]:
        worker = current()
        if worker is None:
            return None, None
        self._survive(worker)
        self.wait(self.rng.random() * self.story.latency)
        self.sites.append(what)
        fault = None if self.calm else self.faults.choose(len(self.sites), allowed)
        if fault is None:
            self.tell(worker.invocation.name, what)
            return worker, None
        self.tell(worker.invocation.name, f"{what}  ✗ {fault}")
        self.hit[fault] = self.hit.get(fault, 0) + 1
        _struck(worker)
        worker.invocation.repeats += fault is Fault.REPEATED
        if fault is Fault.KILL_BEFORE:
            self.kill(worker.invocation)
        if fault is Fault.FREEZE_BEFORE:
            self._freeze(worker)
        return worker, fault

    def _leave(self, worker: Worker, fault: Fault | None) -> None:
        if fault is Fault.KILL_AFTER:
            self.kill(worker.invocation)
        if fault is Fault.FREEZE_AFTER:
            _struck(worker)
            self._freeze(worker)

    def _effect[T](self, effect: Callable[[], T], *, repeated: bool) -> T:
        if repeated:
            with suppress(ClientError):
                effect()
        return effect()

    def _late(self, worker: Worker, effect: Callable[[], object]) -> None:
        self.tell(worker.invocation.name, "a late call takes effect")
        self.acting = worker
        with suppress(ClientError):
            effect()
        self.acting = None

    @property
    def worker(self) -> Worker | None:
        """Whose effect is taking place."""
        return current() or self.acting

    # ------------------------------------------------------------------ life and death

    def start(self, invocation: Invocation) -> None:
        invocation.started = self.now
        self.invocations.append(invocation)
        invocation.begin = self.wake_soon
        invocation.in_line = invocation.workers[batches.AT_ONCE :]
        for worker in invocation.workers[: batches.AT_ONCE]:
            self.wake_soon(worker)

    def kill(self, invocation: Invocation) -> None:
        """Ends the calling worker too, if it is one of the invocation's."""
        self.tell(invocation.name, "is dead")
        invocation.alive = False
        worker = current()
        if worker is not None and worker.invocation is invocation:
            raise Killed

    def _wake(self, worker: Worker) -> None:
        if worker.dead:
            return
        worker.switch()
        if worker.problem is not None and not isinstance(worker.problem, _EXPECTED):
            raise worker.problem

    def _freeze(self, worker: Worker) -> None:
        """Freeze one record; now and then the time-out of its Lambda is not enforced."""
        for one in (worker, *worker.carries):
            one.frozen_at = self.now
        worker.invocation.overdue |= self.rng.random() < 0.7
        seconds = self.faults.freeze()
        self.tell(worker.invocation.name, f"frozen for {seconds:g} s")
        self.wait(seconds)

    def _survive(self, worker: Worker) -> None:
        invocation = worker.invocation
        if not invocation.alive:
            raise Killed
        if self.now > invocation.deadline and not invocation.overdue:
            self.tell(invocation.name, "timed out")
            self.kill(invocation)

    def close(self) -> None:
        """Unwind every worker that is still somewhere."""
        for invocation in self.invocations:
            invocation.alive = False
            for worker in invocation.workers:
                worker.end()


def _struck(worker: Worker) -> None:
    for one in (worker, *worker.carries):
        one.faults += 1
