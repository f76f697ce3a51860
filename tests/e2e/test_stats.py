"""Counts of the local stack, its roles enforced: of a slow subscriber, and of a wrong secret."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from doorbell.domain.scales import BOUNDS_MS, bucket_of
from doorbell_cli.main import app
from doorbell_cli.stack import LocalStack
from doorbell_cli.target import Target
from tests.support.gateway import Gateway, github_headers
from tests.support.patience import latest
from tests.support.stack import target_of
from tests.support.subscribers import Handler, subscriber

pytestmark = pytest.mark.e2e

EVENTS, SLOW, SLOW_SECONDS = 8, 2, 1.0
SECONDS = 100.0


@pytest.fixture
def target(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Target:
    found = target_of(stack)
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: found)
    return found


def told(*arguments: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def once(arguments: tuple[str, ...], good: Callable[[Any], bool]) -> Any:
    """What the command says as soon as that is good: counts are written after what they count."""
    deadline = latest(SECONDS)
    while not good(found := told(*arguments)):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    return found


def test_the_percentiles_of_a_slow_subscriber_are_right_to_one_bucket(
    gateway: Gateway, target: Target
) -> None:
    def sometimes_slow(handler: Handler, number: int) -> None:
        time.sleep(SLOW_SECONDS if number % (EVENTS // SLOW) == 0 else 0)
        handler.answer(204)

    with subscriber(sometimes_slow) as sink:
        source = gateway.put_source()
        subscription = gateway.put_subscription(source, sink.url)
        ended = [  # one after another: for all at once the local AWS would start eight of each function
            gateway.wait_until_ended(gateway.push(source, delivery=f"{source}-{number}").event_id, 1, SECONDS)
            for number in range(EVENTS)
        ]
    attempts = [attempt for found in ended for one in found.values() for attempt in one["attempts"]]
    took = sorted(attempt["duration_ms"] / 1000 for attempt in attempts)
    tenant = gateway.subscription(source, subscription)["tenant_id"]
    of = ("stats", f"{tenant}/{subscription}")
    (counts,) = once(of, lambda found: found["stats"][0]["delivered"] == EVENTS)["stats"]
    assert len(took) == EVENTS
    for percent in (50, 95, 99):
        true = took[math.ceil(EVENTS * percent / 100) - 1]
        assert counts["answer_ms"][f"p{percent}"] == BOUNDS_MS[bucket_of(true)]
    assert counts["answer_ms"]["p95"] >= SLOW_SECONDS * 1000
    assert counts["ingest_to_delivery_ms"]["p95"] >= counts["answer_ms"]["p50"]
    assert (counts["failed"], counts["held"], counts["exhausted"]) == ({}, {}, 0)
    (came,) = once(("stats", "--source", source), lambda f: f["stats"][0]["accepted"] == EVENTS)["stats"]
    assert (came["duplicates"], came["refused"]) == (0, {})


def test_a_wrong_secret_is_seen_by_whoever_asks_who_is_refused(gateway: Gateway, target: Target) -> None:
    source = gateway.put_source()
    for _ in range(3):
        refused = gateway.ring(source, headers=github_headers(b"another body", delivery=uuid4().hex))
        assert refused.status == 401
    shown = told("sources", "show", source)
    assert shown["refused_last_hour"] == {"signature_mismatch": 3}
    assert told("stats", "--source", source)["stats"][0]["refused"]["signature_mismatch"] >= 1
    written = told("logs", "--source", source)
    assert [(one["function"], one["message"]) for one in written] == [("ingest", "refused")] * 3
    said = CliRunner().invoke(app, ["status", "--tenant", shown.get("tenant_id", "default")]).stdout
    assert source in said
    assert "signature_mismatch" in said
    answer = gateway.signed("GET", f"/admin/sources/{source}/stats?by=all")
    assert answer.json["stats"][0]["refused"]["signature_mismatch"] >= 1
