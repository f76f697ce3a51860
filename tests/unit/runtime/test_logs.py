"""Lines of the log: what CloudWatch reads out of them, and Powertools' switches."""

from __future__ import annotations

import ast
import inspect
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import RESERVED_LOG_ATTRS

from doorbell.runtime.logs import make_logger
from tests.support.log_lines import lines, new_service

PACKAGE = Path(__file__).parents[3] / "layers" / "core" / "doorbell"


def test_a_line_says_when_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    service = new_service()
    make_logger(service).info("accepted", event_id="evt_1", bytes=3)
    (line,) = lines(capsys)
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line.pop("location").startswith("test_a_line_says_when_where_and_what:")
    assert line == {
        "level": "INFO",
        "message": "accepted",
        "service": service,
        "event_id": "evt_1",
        "bytes": 3,
    }


def test_an_exception_is_told_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    log = make_logger(new_service())
    try:
        raise ValueError("a reason")
    except ValueError:
        log.exception("failed")
    (line,) = lines(capsys)
    assert (line["level"], line["exception_name"]) == ("ERROR", "ValueError")
    assert line["exception"].splitlines()[-1] == "ValueError: a reason"


def test_a_line_stays_one_line_and_takes_any_field(capsys: pytest.CaptureFixture[str]) -> None:
    make_logger(new_service()).error("a\nb", at=datetime(2026, 1, 2), text="\u2028\n")
    assert capsys.readouterr().out.count("\n") == 1
    make_logger(new_service()).error("a\nb", at=datetime(2026, 1, 2), text="x\n")
    (line,) = lines(capsys)
    assert (line["message"], line["at"], line["text"]) == ("a\nb", "2026-01-02 00:00:00", "x\n")


def test_a_message_stays_the_text_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    make_logger(new_service()).info('{"not": "an object"}')
    (line,) = lines(capsys)
    assert line["message"] == '{"not": "an object"}'


@pytest.mark.parametrize(("level", "written"), [("DEBUG", 3), ("INFO", 2), ("WARNING", 1), ("ERROR", 1)])
def test_what_is_below_the_level_is_not_written(
    level: str, written: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", level)
    log = make_logger(new_service())
    log.debug("lowest")
    log.info("low")
    log.error("high")
    assert len(lines(capsys)) == written


def test_an_invocation_that_is_sampled_is_told_in_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_SAMPLE_RATE", "1")
    make_logger(new_service()).debug("claimed")
    assert [line["message"] for line in lines(capsys)] == ["claimed"]


@pytest.mark.parametrize(("fails", "written"), [(False, []), (True, ["claimed", "attempt", "record_failed"])])
def test_lines_that_are_held_back_are_written_when_an_error_follows(
    fails: bool, written: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    log = make_logger(new_service(), buffer_level="INFO")
    log.debug("claimed")
    log.info("attempt")
    if fails:
        log.error("record_failed")
    assert [line["message"] for line in lines(capsys)] == written


TAKEN = {
    *RESERVED_LOG_ATTRS,  # Powertools leaves such a field out without a word
    *vars(logging.makeLogRecord({})),  # logging raises KeyError
    *inspect.signature(Logger.info).parameters,
    *("message", "asctime", "service", "cold_start", "correlation_id", "xray_trace_id", "sampling_rate"),
    *("function_name", "function_memory_size", "function_arn", "function_request_id"),
}


def fields(path: Path) -> Iterator[tuple[str, int]]:
    """Every keyword of `….info(…)` and the like, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(attr="debug" | "info" | "error" | "exception")):
                yield from ((word.arg, node.lineno) for word in node.keywords if word.arg is not None)


def test_no_field_bears_a_name_that_the_logger_has_for_its_own() -> None:
    found = [(path, name, line) for path in PACKAGE.rglob("*.py") for name, line in fields(path)]
    assert len(found) > 40
    assert [(str(path.name), name, line) for path, name, line in found if name in TAKEN] == []
