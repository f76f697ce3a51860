"""A door that keeps what it refuses, and the desk where its operators look at that: one memory, the real
gate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from doorbell.domain.clocks import Clocks
from doorbell.domain.refused import Accepted, KeepingWatch, Refused, hour_of
from doorbell.domain.requests import Answer, RawRequest
from doorbell.domain.sources import Source
from doorbell.runtime.inbound import SourceChecks
from doorbell.signatures.diagnosis.masking import masked
from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from doorbell.usecases.accept import Accept
from doorbell.usecases.accept_again import AcceptAgain
from doorbell.usecases.keep_refused import KeepRefused
from doorbell.usecases.refused import RefusedRequests
from tests.support import fakes
from tests.support.builders import a_source

SECRET = "the right secret"
URL = "https://hooks.example/in/github-main"
MINUTE = 60


@dataclass
class Drawer:
    """The table of refused requests: `most` of each source, `hourly` new ones in an hour."""

    most: int = 50
    hourly: int = 20
    asked: int = 0
    broken: Exception | None = None
    kept: dict[tuple[str, int], Refused] = field(default_factory=dict)
    counted: dict[tuple[str, int], int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, Accepted] = field(default_factory=dict)

    def place(self, source_id: str, now: float) -> int | None:
        self.asked += 1
        if self.broken is not None:
            raise self.broken
        hour = (source_id, hour_of(now))
        if self.counted.get(hour, 0) >= self.hourly:
            return None
        self.counted[hour] = self.counted.get(hour, 0) + 1
        self.totals[source_id] = self.totals.get(source_id, 0) + 1
        return (self.totals[source_id] - 1) % self.most

    def put(self, place: int, refused: Refused) -> None:
        self.kept[refused.source_id, place] = refused

    def all(self, source_id: str, now: float) -> list[Refused]:
        mine = [replace(one, accepted=self.accepted.get(one.refused_id)) for one in self.kept.values()]
        return sorted((r for r in mine if r.source_id == source_id), key=lambda r: r.at, reverse=True)

    def one(self, source_id: str, refused_id: str, now: float) -> Refused | None:
        return next((r for r in self.all(source_id, now) if r.refused_id == refused_id), None)

    def record(self, refused: Refused, accepted: Accepted) -> None:
        self.accepted[refused.refused_id] = accepted


class Desk:
    """`ring` is the provider's side, `requests` the operators'."""

    def __init__(self, source: Source | None = None, **drawer: Any) -> None:
        self.sources = fakes.FakeSources(source or a_source())
        self.source_id = (source or a_source()).source_id
        self.secrets = fakes.FakeSecrets({"ssm:/s": SECRET})
        self.queue = fakes.FakeEventsQueue(fakes.Faults())
        self.bodies = fakes.FakeBodies(fakes.Faults())
        self.clock, self.log, self.metrics = fakes.FakeClock(), fakes.RecordingLog(), fakes.RecordingMetrics()
        self.drawer = Drawer(**drawer)
        watch = KeepingWatch(Clocks(self.clock, self.clock))
        self.keep = KeepRefused(self.drawer, masked, fakes.Sequential("0"), self.log, watch)
        parts: dict[str, Any] = {
            "sources": self.sources, "secrets": self.secrets, "gate": Gate(), "checks": SourceChecks(),
            "bodies": self.bodies, "queue": self.queue, "metrics": self.metrics, "log": self.log,
        }  # fmt: skip
        self.door = Accept(**parts, clock=self.clock, ids=fakes.Sequential("ing_"), keep=self.keep)
        again = {**parts, "secrets": lambda: fakes.FakeSecrets(self.secrets.values)}
        self.requests = RefusedRequests(self.drawer, AcceptAgain(**again), diagnose, self.clock, self.log)

    def signed(self, secret: str = SECRET, body: bytes = b'{"n":1}', **changes: Any) -> RawRequest:
        """As GitHub signs it."""
        headers = {"content-type": "application/json", "x-github-event": "push", "x-github-delivery": "d1"}
        request = sign_request("github", secret, url=URL, body=body, headers=headers, now=self.clock.now)
        return replace(request, **changes)

    def ring(self, request: RawRequest, at: str = "") -> Answer:
        return self.door(at or self.source_id, request)

    def refuse(self, request: RawRequest) -> Refused:
        """Ring, be refused, and find it kept."""
        answer = self.ring(request)
        assert answer.status >= 400
        assert self.queue.sent == []
        return self.requests.page(self.source_id, None, 1).rows[0]
