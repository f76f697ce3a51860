"""The sweeper as it is deployed beside a bare client that makes the floor's calls with as many threads.

Arguments: how many deliveries are due, how many rounds of each (0 of the floor: only ours, once).
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import Any

import app
import boto3
from botocore.config import Config
from measure import peak_kib, told
from records import Context

THREADS = 16
DUE = int(sys.argv[1])
ROUNDS = int(sys.argv[2])


def sweep() -> None:
    answer = app.handler({}, Context(3600))
    assert answer == {"swept": DUE}, answer


class Floor:
    """One SendMessageBatch for ten messages, one UpdateItem for each delivery, and nothing else."""

    def __init__(self) -> None:
        config = Config(max_pool_connections=THREADS)
        self._sqs, self._dynamodb = (
            boto3.client("sqs", config=config),
            boto3.client("dynamodb", config=config),
        )
        self._pool = ThreadPoolExecutor(THREADS)

    def __call__(self) -> None:
        for _ in self._pool.map(self._ten, batched(range(DUE), 10, strict=False)):
            pass

    def _ten(self, numbers: tuple[int, ...]) -> None:
        entries: Any = [
            {"Id": str(n), "MessageBody": '{"v":1}', "MessageGroupId": str(number), "DelaySeconds": 0}
            for n, number in enumerate(numbers)
        ]
        self._sqs.send_message_batch(QueueUrl=os.environ["DELIVERIES_QUEUE_URL"], Entries=entries)
        for number in numbers:
            self._dynamodb.update_item(
                TableName=os.environ["EVENTS_TABLE"],
                Key={"event_id": {"S": str(number)}, "sk": {"S": "delivery#s"}},
                UpdateExpression="SET due_at = :due",
                ConditionExpression="due_at = :seen",
                ExpressionAttributeValues={":due": {"N": "1"}, ":seen": {"N": "0"}},
            )


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    floor = Floor()
    ours, theirs = [], []
    for _ in range(max(ROUNDS, 1)):
        ours.append(timed(sweep))
        if ROUNDS:
            theirs.append(timed(floor))
    told({"ours": ours, "floor": theirs, "peak_kib": peak_kib()})


if __name__ == "__main__":
    main()
