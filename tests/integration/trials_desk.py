"""A desk at which tests are asked for, and a dispatcher that does what it is told with what is queued."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from doorbell.domain.claims import Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.runtime import outbound, working_off
from doorbell.store.dynamodb.tables import unmarshal
from tests.integration.admin_desk import Desk

JOBS = "/admin/tenants/acme/jobs"
WANTED = {"kind": "test", "subscription_id": "sub"}


@dataclass
class TrialsDesk:
    """`outcome` of each attempt that is made; None: nobody makes one. Time goes on by what is slept."""

    desk: Desk
    now: Callable[[], float]
    begun: list[str]
    skip: Callable[[float], None]
    outcome: Attempt | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, **more: Any) -> dict[str, Any]:
        asked = self.desk.call("POST", JOBS, {**WANTED, **more})
        assert asked.status == 202, asked.body
        found: dict[str, Any] = asked.json
        return found

    def work_off(self) -> int:
        return replace(working_off.work_off(), sleep=self._sleep)(stop_at=self.now() + 200)

    def work_off_with(self, meanwhile: Callable[[TrialsDesk], None]) -> None:
        """`meanwhile`: what happens while it sleeps."""

        def sleep(seconds: float) -> None:
            meanwhile(self)
            self.skip(seconds)

        replace(working_off.work_off(), sleep=sleep)(stop_at=self.now() + 200)

    def shown(self, job: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.call("GET", f"{JOBS}/{job['job_id']}").json
        return found

    def done(self, **more: Any) -> dict[str, Any]:
        asked = self.ask(**more)
        self.work_off()
        return self.shown(asked)

    def of_events(self, prefix: str) -> list[dict[str, Any]]:
        found = self.desk.aws.dynamodb.scan(TableName="EventsTable")["Items"]
        return [unmarshal(item) for item in found if item["sk"]["S"].startswith(prefix)]

    def _sleep(self, seconds: float) -> None:
        self.take()
        self.skip(seconds)

    def take(self) -> None:
        queue = self.desk.aws.queue("DeliveriesQueue")
        got = self.desk.aws.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        self.messages += [json.loads(message["Body"]) for message in got]
        if self.outcome is None:
            return
        for message in self.messages:
            self._attempt(DeliveryKey(message["event_id"], message["subscription_id"]), self.outcome)
        self.messages.clear()

    def _attempt(self, key: DeliveryKey, attempt: Attempt) -> None:
        claim = outbound.deliveries().claim(key, 1, Lease("dispatcher", self.now() + 30), self.now())
        if isinstance(claim, Won):
            outbound.deliveries().record(claim.delivery, attempt, self._after(claim.delivery, attempt))

    def _after(self, delivery: Delivery, attempt: Attempt) -> Delivery:
        tried = replace(delivery, attempts=(attempt,), lease=None)
        if attempt.is_success:
            return replace(tried, state=State.DELIVERED, due_at=None, ended_at=self.now())
        later = self.now() + 3600
        return replace(tried, next_attempt_at=later, due_at=later)


def answered(status: int | None, error: str | None = None, detail: str = "", response: str = "") -> Attempt:
    return Attempt(1, time.time(), 41, status, error, detail, response)
