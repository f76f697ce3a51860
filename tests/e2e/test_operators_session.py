"""What a person on duty does in a day, with `doorbell` alone and no more rights than docs/operate.md gives:
a wrong secret, a maintenance window, a filter that missed something. Who is told of a trouble, once, is in
`test_own_events`."""

from __future__ import annotations

import math
import time
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from boto3.dynamodb.types import TypeDeserializer

from doorbell.domain.scales import BOUNDS_MS, bucket_of
from doorbell.usecases.write_rollups import PAUSE_SECONDS
from doorbell_cli.stack import LocalStack
from tests.e2e.terminal import second_terminal
from tests.e2e.test_operator_policies import Operator
from tests.e2e.test_own_events import publish
from tests.support.gateway import PUSH, Gateway, github_headers
from tests.support.subscribers import Handler, Subscriber, ok, subscriber

pytestmark = pytest.mark.e2e

SECONDS = 120.0
"""Until a test gives up."""
SECRET = "the secret that GitHub has"
LOT, PER_SECOND = 100, 8
MOMENTS, SPREAD_SECONDS = 4, 1.0
"""Five hundred take a busy machine's local stack minutes: they are in `tests/simulation/test_pauses.py`."""
EVENTS, SLOW, SLOW_SECONDS = 8, 2, 1.0
ROUNDS = 3


@pytest.fixture(scope="module")
def operator(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """A user of IAM with the three policies, whose every call is judged by them."""
    environ = second_terminal(stack, tmp_path_factory.mktemp("terminal"))
    return Operator(stack, environ, "look", "repair", "configure")


@pytest.fixture
def tenant() -> str:
    """One that no environment of fan-out knows yet."""
    return f"t-{uuid4().hex[:10]}"


def test_a_wrong_secret_is_named_mended_and_what_was_refused_is_accepted(
    gateway: Gateway, operator: Operator, tenant: str
) -> None:
    source, books = f"gh-{tenant}", f"{tenant}/books"
    put = ("sources", "put", source, "--provider", "github", "--tenant", tenant, "--secret-stdin")
    with subscriber(ok) as serving:
        operator.json(*put, stdin="a secret of something else")
        operator.json("subscriptions", "put", books, "--url", serving.url)
        assert gateway.ring(source, PUSH, github_headers(PUSH, SECRET)).status == 401

        (kept,) = operator.json("refused", "list", source)
        said = operator.run("refused", "show", source).stdout
        assert "signed with another secret" in said
        assert "refused accept" not in said
        early = operator.run("refused", "accept", source, kept["refused_id"])
        assert early.returncode == 1
        assert "signature_mismatch" in early.stderr

        operator.json(*put, stdin=SECRET)
        assert f"doorbell refused accept {source} {kept['refused_id']}" in " ".join(
            operator.run("refused", "show", source).stdout.split()
        )
        (accepted,) = operator.json("refused", "accept", source, kept["refused_id"])
        (received,) = serving.wait_for(1, SECONDS)
        assert received.body == PUSH
        assert [received.headers["webhook-id"]] == accepted["event_ids"]
        (on_record,) = operator.json("refused", "list", source)
        assert on_record["accepted"]["by"].endswith(f"user/{operator.name}")


def test_what_came_in_a_pause_goes_oldest_first_at_the_metered_rate_with_no_attempt_used_up(
    gateway: Gateway, operator: Operator, tenant: str
) -> None:
    books = f"{tenant}/books"
    with subscriber(ok) as serving:
        operator.json("subscriptions", "put", books, "--url", serving.url, "--rate-limit", str(PER_SECOND))
        operator.json("subscriptions", "pause", books)
        events = list[str]()
        for _ in range(MOMENTS):
            events += publish(gateway, tenant, LOT // MOMENTS, first=len(events))
            time.sleep(2 * SPREAD_SECONDS)
        gateway.wait_until(lambda: waiting(gateway, tenant) == LOT, SECONDS)
        standing = operator.json("status", books)
        assert (standing["paused"], standing["pending"]["count"]) == (True, LOT)
        assert {len(one["attempts"]) for one in deliveries(gateway, tenant)} == {0}
        assert serving.received == []

        resumed = time.time()
        operator.json("subscriptions", "resume", books)
        gateway.sweep()
        serving.wait_for(LOT, SECONDS)
        gateway.wait_until(lambda: delivered(gateway, tenant) == LOT, SECONDS)
        ended = deliveries(gateway, tenant)
        attempts = [(one["number"], one["status"]) for found in ended for one in found["attempts"]]
        assert attempts == [(1, 204)] * LOT
        came = [one.headers["webhook-id"] for one in serving.received]
        assert sorted(came) == sorted(events)
        ages = {found["event_id"]: float(found["created_at"]) for found in ended}
        assert share_of_pairs_in_turn([ages[event] for event in came]) > 0.75
        assert fastest(serving, resumed) <= PER_SECOND
        standing = operator.json("status", books)
        assert (standing["paused"], standing["pending"]["count"]) == (False, 0)


def deliveries(gateway: Gateway, tenant: str) -> list[dict[str, Any]]:
    read = TypeDeserializer().deserialize
    pages = gateway.stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(
        TableName=gateway.stack.outputs["EventsTableName"],
        FilterExpression="tenant_id = :tenant AND begins_with(sk, :delivery)",
        ExpressionAttributeValues={":tenant": {"S": tenant}, ":delivery": {"S": "delivery#"}},
    )
    return [{name: read(value) for name, value in item.items()} for page in found for item in page["Items"]]


def waiting(gateway: Gateway, tenant: str) -> int:
    return sum(str(one.get("shelf")).startswith("wait#") for one in read_gently(gateway, tenant))


def delivered(gateway: Gateway, tenant: str) -> int:
    return sum(one["state"] == "delivered" for one in read_gently(gateway, tenant))


def read_gently(gateway: Gateway, tenant: str) -> list[dict[str, Any]]:
    """The local AWS, which reads the whole table for it, has other work to do meanwhile."""
    time.sleep(1)
    return deliveries(gateway, tenant)


def share_of_pairs_in_turn(created: list[float]) -> float:
    """1.0: the oldest first. Workers side by side overtake each other by a few; of those that go in any order
    it is 0.5. What came in the same moment has no order: a list is spread over a second (`shelf_at`)."""
    pairs = [two for two in combinations(created, 2) if abs(two[0] - two[1]) > SPREAD_SECONDS]
    return sum(first < second for first, second in pairs) / len(pairs)


def fastest(serving: Subscriber, since: float) -> float:
    """The greatest number a second from `since` up to any arrival. A slow machine makes it less, never more.
    A message's delay is whole seconds, and one second's worth may go at once."""
    slack = 3.0
    return max((n + 1) / (one.at - since + slack) for n, one in enumerate(serving.received))


def test_a_filter_is_mended_and_what_it_missed_is_brought_once(
    gateway: Gateway, operator: Operator, tenant: str
) -> None:
    books = f"{tenant}/books"
    with subscriber(ok) as serving:
        wrong = "body.total > `100`"
        operator.json("subscriptions", "put", books, "--url", serving.url, "--filter", wrong)
        orders = [{"type": "order.paid", "tenant_id": tenant, "data": {"total": n}} for n in (5, 50, 60, 500)]
        answer = gateway.signed("POST", "/events", orders)
        small, *missed, large = came = [one["event_id"] for one in answer.json["results"]]
        gateway.wait_until_ended(large, 1, SECONDS)
        gateway.wait_until(lambda: all(gateway.items(event) for event in came), SECONDS)

        operator.json("subscriptions", "put", books, "--filter", "body.total > `10`")
        what = ("replay", "--subscription", "books", "--tenant", tenant, "--since", "1h", "--would-match")
        plan = operator.json(*what, "--dry-run")
        assert plan["deliveries"] == len(missed)
        assert {one.split(" ")[0] for one in plan["examples"]} == set(missed)
        assert plan["cost_usd"] > 0
        assert [len(gateway.deliveries(event)) for event in missed] == [0, 0], "a dry run makes nothing"
        job = operator.json(*what, "--yes")
        assert (job["written"], job["skipped"]) == (len(missed), {})
        gateway.wait_until(lambda: swept(gateway) and len(serving.received) > len(missed), SECONDS)
        for event in missed:
            (brought,) = gateway.wait_until_ended(event, 1, SECONDS).values()
            assert brought["state"] == "delivered"
        assert sorted(one.headers["webhook-id"] for one in serving.received) == sorted([large, *missed])
        assert gateway.deliveries(small) == {}
        assert operator.json(*what, "--dry-run")["deliveries"] == 0


def swept(gateway: Gateway) -> bool:
    """A replay goes out when its slot is due."""
    gateway.sweep()
    return True


def test_the_percentiles_of_a_slow_subscriber_are_right_to_one_bucket(
    gateway: Gateway, operator: Operator
) -> None:
    def sometimes_slow(handler: Handler, number: int) -> None:
        time.sleep(SLOW_SECONDS if number % (EVENTS // SLOW) == 0 else 0)
        handler.answer(204)

    for _ in range(ROUNDS):
        with subscriber(sometimes_slow) as sink:
            source = gateway.put_source()
            name = f"t-{source}/{gateway.put_subscription(source, sink.url)}"
            ended = [  # one after another: for all at once the local AWS would start eight of each function
                gateway.wait_until_ended(gateway.push(source, delivery=f"{source}-{n}").event_id, 1, SECONDS)
                for n in range(EVENTS)
            ]
        counts = counted(operator, ("stats", name), "delivered")
        came = counted(operator, ("stats", "--source", source), "accepted")
        if counts and came:
            break
    else:
        pytest.fail(f"not all was counted, in each of {ROUNDS} rounds")
    attempts = [attempt for found in ended for one in found.values() for attempt in one["attempts"]]
    took = sorted(attempt["duration_ms"] / 1000 for attempt in attempts)
    assert len(took) == EVENTS
    for percent in (50, 95, 99):
        true = took[math.ceil(EVENTS * percent / 100) - 1]
        assert counts["answer_ms"][f"p{percent}"] == BOUNDS_MS[bucket_of(true)]
    assert counts["answer_ms"]["p95"] >= SLOW_SECONDS * 1000
    assert counts["ingest_to_delivery_ms"]["p95"] >= counts["answer_ms"]["p50"]
    assert (counts["failed"], counts["held"], counts["exhausted"]) == ({}, {}, 0)
    assert (came["duplicates"], came["refused"]) == (0, {})


def counted(operator: Operator, command: tuple[str, ...], what: str) -> dict[str, Any]:
    """As soon as all are: counts are written after what they count. Empty where one got lost: it is written
    once, with a second for the local AWS to answer."""
    end = time.monotonic() + PAUSE_SECONDS
    while True:
        found: dict[str, Any] = operator.json(*command)["stats"][0]
        if found[what] == EVENTS:
            return found
        if time.monotonic() > end:
            return {}
