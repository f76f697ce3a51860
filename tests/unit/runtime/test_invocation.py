"""What surrounds every function: its lines know the invocation, its metrics are written at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.logging import logger as powertools_logger

from doorbell.runtime import batches, wiring
from doorbell.runtime.invocation import invocation
from tests.bench.inside.records import Context
from tests.support.log_lines import lines, new_service

EVENT = {
    "headers": {"x-gitlab-token": "a-secret"},
    "requestContext": {"requestId": "of-the-api", "http": {"method": "POST"}},
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A new environment of a function: nothing made yet, nothing invoked yet."""
    monkeypatch.setattr(powertools_logger, "is_cold_start", True)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", new_service())
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    made = (wiring.settings, wiring.logger, wiring.metrics)
    for one in made:
        one.cache_clear()
    yield
    for one in made:
        one.cache_clear()


def test_every_line_knows_its_invocation_and_whether_it_is_a_cold_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @invocation
    def handler(event: dict[str, Any], context: Any) -> None:
        wiring.log().info("accepted")

    handler(EVENT, Context())
    handler(EVENT, Context())
    first, second = lines(capsys)
    assert first["function_request_id"] == "bench"
    assert first["correlation_id"] == "of-the-api"
    assert first["cold_start"] is True
    assert "cold_start" not in second


def test_a_line_says_its_event_once_and_what_it_belongs_to_where_that_is_not_its_event(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @invocation
    def handler(event: dict[str, Any], context: Any) -> None:
        batches.about("evt_1")
        wiring.log().info("attempt", event_id="evt_1")
        wiring.log().info("parked", subscription_id="billing")
        wiring.log().info("replayed", event_id="evt_2")
        wiring.logger().thread_safe_clear_keys()

    handler({}, Context())
    told = [(line.get("event_id"), line.get("correlation_id")) for line in lines(capsys)]
    assert told == [("evt_1", None), (None, "evt_1"), ("evt_2", "evt_1")]


def test_a_line_does_not_repeat_what_its_log_group_says_nor_the_id_of_a_trace_that_nobody_keeps(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    invocation(lambda event, context: wiring.log().info("accepted"))(EVENT, Context())
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "false")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", new_service())
    wiring.settings.cache_clear()
    wiring.logger.cache_clear()
    wiring.logger().info("accepted")
    plain, traced = lines(capsys)
    assert not {"function_name", "function_arn", "function_memory_size", "xray_trace_id"} & set(plain)
    assert traced["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_guarantee_6_no_switch_puts_an_event_into_the_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    invocation(lambda event, context: None)(EVENT, Context())
    assert "a-secret" not in capsys.readouterr().out


def test_metrics_are_written_at_the_end_of_an_invocation_that_fails_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @invocation
    def handler(event: dict[str, Any], context: Any) -> None:
        wiring.metrics().count("RecordFailed")
        assert capsys.readouterr().out == ""
        raise RuntimeError

    with pytest.raises(RuntimeError):
        handler({}, Context())
    assert [line["RecordFailed"] for line in lines(capsys)] == [[1.0]]


def test_lines_of_a_record_are_of_its_event_and_not_of_the_one_before_on_the_same_thread(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def handle(record: dict[str, Any]) -> None:
        if record["body"] != "unreadable":
            batches.about(record["body"])
        raise ValueError

    @invocation
    def handler(event: dict[str, Any], context: Any) -> Any:
        return batches.each_record(event, handle)

    bodies = [f"evt_{number}" for number in range(10)]
    for _ in range(3):
        handler({"Records": [{"messageId": body, "body": body} for body in bodies]}, Context())
    handler({"Records": [{"messageId": "none", "body": "unreadable"}] * 10}, Context())
    failed = [line for line in lines(capsys) if line.get("message") == "record_failed"]
    assert len(failed) == 40
    assert all(line.get("correlation_id", "none") == line["message_id"] for line in failed)
