"""The AWS calls an event costs, counted on the local stack, are those that `doorbell cost` prices."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from doorbell_cli.ops.counted import CALLS_FILE
from doorbell_cli.stack import Progress, local_stack
from tests.support.counting import Counts, Exchange, counting
from tests.support.gateway import Gateway
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e

EVENTS, FANOUT = 4, 3
CALLS = json.loads(CALLS_FILE.read_text())


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[Gateway, Counts]]:
    """A stack whose functions find AWS through a proxy that counts. The grace is long: nothing is swept."""
    with counting() as counts:
        parameters = {"AwsEndpointUrl": counts.url, "GraceSeconds": "900"}
        with local_stack(Progress(quiet=True), parameters=parameters) as stack:
            counts.upstream = urlsplit(stack.endpoint_url).port or 0
            yield Gateway(stack), counts


def test_an_event_costs_the_calls_that_are_priced(counted: tuple[Gateway, Counts]) -> None:
    gateway, counts = counted
    with ExitStack() as subscribers:
        source = gateway.put_source()
        for _ in range(FANOUT):
            gateway.put_subscription(source, subscribers.enter_context(subscriber(ok)).url)
        _deliver(gateway, source)  # what is cached is read now
        counts.take(), counts.take_exchanges()
        for _ in range(EVENTS):
            _deliver(gateway, source)
        made, exchanges = counts.take(), counts.take_exchanges()
    events, endpoints, rollups = (
        gateway.stack.outputs[f"{name}TableName"] for name in ("Events", "Endpoints", "Rollups")
    )
    counts_written = made.pop(("UpdateItem", rollups), 0)  # they come after what they count
    with_warming = EVENTS + 1  # so those of the event before may be among them
    assert 0 < counts_written <= with_warming * (1 + FANOUT) * CALLS["rollup"]["calls"]["dynamodb.UpdateItem"]
    assert made["SendMessage", ""] == EVENTS * CALLS["event"]["calls"]["sqs.SendMessage"]
    assert made["SendMessageBatch", ""] == EVENTS * CALLS["event"]["calls"]["sqs.SendMessageBatch"]
    assert _of(made, "PutItem") == EVENTS * CALLS["event"]["calls"]["dynamodb.PutItem"]
    attempts = EVENTS * FANOUT
    updates = _of(made, "UpdateItem") + sum(map(len, _batches(exchanges)))
    assert updates == attempts * CALLS["attempt"]["calls"]["dynamodb.UpdateItem"]
    reads = made["BatchGetItem", ""] + made["GetItem", events] + made["GetItem", endpoints]
    assert EVENTS <= made["BatchGetItem", ""] <= attempts
    assert reads <= attempts * CALLS["attempt"]["calls"]["dynamodb.GetItem"], "a batch's reads share a call"


def test_deliveries_of_one_moment_are_claimed_and_recorded_together(
    counted: tuple[Gateway, Counts],
) -> None:
    """Ten wait when the dispatcher starts; no write is made twice because it failed in the call."""
    gateway, counts = counted
    with subscriber(ok) as sink:
        source = gateway.put_source()
        gateway.put_subscription(source, sink.url)
        counts.take_exchanges()
        with gateway.paused("dispatcher"):
            events = [gateway.push(source).event_id for _ in range(10)]
            gateway.wait_until_fanned_out(60)
        for event_id in events:
            gateway.wait_until_ended(event_id, 1, 60)
        exchanges = counts.take_exchanges()
    batches = _batches(exchanges)
    rollups = gateway.stack.outputs["RollupsTableName"]
    updates = [one for one in exchanges if one.operation == "UpdateItem"]
    alone = sum(one.request["TableName"] != rollups for one in updates)
    assert max(map(len, batches)) > 1
    assert alone + sum(map(len, batches)) == 2 * len(events)
    assert not [line for line in gateway.stack.logs("dispatcher") if "asked_again" in line]


def test_events_of_one_moment_are_put_together(counted: tuple[Gateway, Counts]) -> None:
    """Ten wait when fan-out starts: each item is put once, and not one by one."""
    gateway, counts = counted
    with subscriber(ok) as sink:
        source = gateway.put_source()
        gateway.put_subscription(source, sink.url)
        counts.take_exchanges()
        with gateway.paused("fanout"):
            events = [gateway.push(source).event_id for _ in range(10)]
        for event_id in events:
            gateway.wait_until_ended(event_id, 1, 60)
        exchanges = counts.take_exchanges()
    calls = [one.request["Statements"] for one in exchanges if one.operation == "BatchExecuteStatement"]
    inserts = [call for call in calls if call[0]["Statement"].startswith("INSERT")]
    alone = sum(one.operation == "PutItem" for one in exchanges)
    assert max(map(len, inserts)) > 1
    assert alone + sum(map(len, inserts)) == 2 * len(events)
    assert not [line for line in gateway.stack.logs("fanout") if "write_together_failed" in line]


def _batches(exchanges: list[Exchange]) -> list[list[dict[str, Any]]]:
    """Statements of the dispatcher, call by call; fan-out's are inserts."""
    calls = [one.request["Statements"] for one in exchanges if one.operation == "BatchExecuteStatement"]
    return [call for call in calls if call[0]["Statement"].startswith("UPDATE")]


def _deliver(gateway: Gateway, source: str) -> None:
    event_id = gateway.push(source).event_id
    ended = gateway.wait_until_ended(event_id, FANOUT, 60)
    assert {item["state"] for item in ended.values()} == {"delivered"}


def _of(made: Counter[tuple[str, str]], operation: str) -> int:
    return sum(count for (name, _), count in made.items() if name == operation)
