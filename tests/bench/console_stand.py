"""A local AWS with a tenant's record in it, as fan-out and the dispatcher leave it; no functions run."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.domain.rollups import Kind
from doorbell.domain.shelves import shelf_of
from doorbell.domain.subscriptions import scoped
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.event_items import tenant_day
from doorbell.store.events.operations import Operation, OperationTable
from doorbell_cli.aws_session import of_local_root
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.stack.server import Server
from doorbell_cli.target import Target
from tests.integration.console.test_console_totals import count
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep
from tests.support.template import create_table, template

TENANT, SUBSCRIPTIONS = "acme", 200
REFUSED, JOBS, CHANGES, HOUR = 20, 10, 50, 3600
BY = "arn:aws:iam::123456789012:user/ann"
APART_SECONDS = 8.6
"""Between two events: 10,000 are a day's, so that the last day has as many of 100,000."""
TOGETHER = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
WRITERS = 4
DEAD_LETTERS = ("EventsDeadLetter", "DeliveriesDeadLetter", "SchedulerDeadLetter")
QUEUES = ("Events", "Deliveries", *DEAD_LETTERS)


@dataclass
class Stand:
    """`refused_id`: of the newest of its refused requests; `job_id` of a job that the stack works on,
    `replay_id` of one that a tool writes."""

    target: Target
    events: int = 0
    refused_id: str = ""
    job_id: str = ""
    replay_id: str = ""
    _like: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def event_id(self) -> str:
        """Of one whose delivery went well."""
        return _event_id(1)

    def fill(self, events: int) -> None:
        """Up to so many in all. The first two are made as the functions make them, the others like them."""
        made = Doorbell(self.target)
        if not self.events:
            for number in range(SUBSCRIPTIONS):
                made.subscribe(f"s{number:03d}", TENANT)
            for number, state in enumerate(("exhausted", "pending")):
                made.event(-1 - number, to="s000", tenant=TENANT, state=state)
            first = made.event(0, to="s000", tenant=TENANT)
            self._like = {name: unmarshal(item) for name, item in made.items(first).items()}
            self._beside(made)
        now, parts = time.time(), [range(self.events + first, events, WRITERS) for first in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda numbers: self._write(numbers, now), parts))
        self.events = events

    def _write(self, numbers: Iterable[int], now: float) -> None:
        items = (item for number in numbers for item in self._items(number, now))
        for some in batched(items, TOGETHER, strict=False):
            puts = [{"PutRequest": {"Item": marshal(item)}} for item in some]
            self.target.client("dynamodb").batch_write_item(RequestItems={"EventsTable": puts})

    def _beside(self, made: Doorbell) -> None:
        """What is there besides events, the same however many there are."""
        made.target.client("ssm").put_parameter(Name="/doorbell/github", Value="ours", Type="SecureString")
        self.refused_id = [keep(made, number) for number in range(REFUSED)][-1]
        made.put("EventTypesTable", {"tenant_id": TENANT, "event_type": "push", "json_schema": "{}"})
        for age in range(0, int(DAY_SECONDS), HOUR):
            count(made, Kind.SOURCE, "github", age, {"accepted": 5}, TENANT)
            count(made, Kind.SUBSCRIPTION, "s000", age, {"delivered": 5, "l10": 5}, TENANT)
        now, ids = time.time(), [f"{number:012x}" for number in range(JOBS)]
        chosen = Selection(TENANT, "s000", 0.0, now, ("exhausted",))
        self.job_id = [job_desk(made.target).replay(chosen, 5.0, BY).key.job_id for _ in ids][-1]
        replays = Replayer(made.target).jobs()
        for self.replay_id in ids:
            assert replays.save(ReplayJob(self.replay_id, chosen, 5.0, now, finished_at=now, version=1))
        operations = OperationTable(made.target.client("dynamodb"), made.target.table("Events"))
        for number in range(CHANGES):
            operations.record(Operation(TENANT, BY, "disable", f"source s{number}", time.time() - number))

    def _items(self, number: int, now: float) -> Iterator[dict[str, Any]]:
        at, event_id, name = now - number * APART_SECONDS, _event_id(number), f"s{number % SUBSCRIPTIONS:03d}"
        times = {"created_at": at, "received_at": at}
        ids = {"event_id": event_id, "base_id": event_id, "ingest_id": f"ing_{number}"}
        day = {"tenant_day": tenant_day(TENANT, at, event_id)}
        yield {**self._like["event"], **times, **ids, **day}
        key = DeliveryKey(event_id, name)
        where = {"event_id": event_id, "sk": f"delivery#{name}", "subscription_id": scoped(TENANT, name)}
        shelf = {"shelf": shelf_of(scoped(TENANT, name), key), "shelf_at": at + 1, "delivered_at": at + 1}
        shelf["shelf"] = str(shelf["shelf"]).replace("wait#", "done#")
        yield {**self._like["delivery#s000"], "created_at": at, "next_attempt_at": at, **where, **shelf}


@contextmanager
def stand() -> Iterator[Stand]:
    server = Server()
    try:
        session = of_local_root()
        bare = Target("doorbell", True, {}, {}, "http://api", session, server.endpoint_url)
        dynamodb, sqs = bare.client("dynamodb"), bare.client("sqs")
        kinds = {name: body["Type"] for name, body in template()["Resources"].items()}
        tables = [name for name, kind in kinds.items() if kind == "AWS::DynamoDB::Table"]
        outputs = {f"{name}Name": create_table(dynamodb, name) for name in tables}
        outputs |= {f"{name}QueueUrl": sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        bare.client("s3").create_bucket(Bucket="bodies")
        outputs["BodiesBucketName"] = "bodies"
        parameters = {"GraceSeconds": "900"}
        yield Stand(Target("doorbell", True, outputs, parameters, "http://api", session, server.endpoint_url))
    finally:
        server.stop()


def _event_id(number: int) -> str:
    """As long as a real one."""
    return f"evt_{number:032d}".replace("0", "a").replace("1", "b").replace("8", "y").replace("9", "z")
