"""Structured logs: Powertools' Logger, one JSON object a line."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import formatter
from aws_lambda_powertools.logging.buffer import LoggerBufferConfig

formatter.RESERVED_LOG_ATTRS = frozenset(formatter.RESERVED_LOG_ATTRS)  # type: ignore[assignment]
"""Powertools looks each field of a line up in it, twice: as a tuple it took a third of the line's time."""

_ENCODE = json.JSONEncoder(default=str, separators=(",", ":"), ensure_ascii=False).encode
"""As Powertools would, but made once."""
LEFT_OUT = ("function_arn", "function_memory_size", "function_name")
"""Of every line: its log group is the function's own. They were a third of a line, with the id of a trace
that is not kept. A line says `cold_start` where it is one, and `correlation_id` where that is not the event's
id, which it says anyhow."""
HELD_BACK_BYTES = 64 * 1024
"""Of one invocation's lines, where lines are held back until an error: the oldest go first."""


def make_logger(service: str, buffer_level: str = "", *, traced: bool = False) -> Logger:
    """The lines of `service`, to standard output, times in UTC. `traced`: a trace is kept, and its id told.

    `buffer_level`: lines of this level and below are held back and written only if an error follows in the
    same invocation; "" holds none back. Not for functions that log from threads: Powertools' buffer is not
    made for them (a line is lost, or the log call raises). Level and sampling are Powertools' own switches,
    `POWERTOOLS_LOG_LEVEL` and `POWERTOOLS_LOGGER_SAMPLE_RATE`.
    https://docs.powertools.aws.dev/lambda/python/latest/core/logger/
    """
    keys: dict[str, Any] = {} if traced else {"xray_trace_id": None}
    return Logger(
        service=service,
        utc=True,
        use_rfc3339=True,
        json_serializer=_line,
        json_deserializer=str,  # messages are names: each would be tried as JSON, and fail
        buffer_config=_held_back(buffer_level) if buffer_level else None,
        **keys,
    )


def _line(fields: dict[str, Any]) -> str:
    told = {name: value for name, value in fields.items() if name not in LEFT_OUT}
    if told.get("cold_start") is False:
        del told["cold_start"]
    if "event_id" in told and told.get("correlation_id") == told["event_id"]:
        del told["correlation_id"]
    return _ENCODE(told)


def _held_back(level: str) -> LoggerBufferConfig:
    return LoggerBufferConfig(max_bytes=HELD_BACK_BYTES, buffer_at_verbosity=level)  # type: ignore[arg-type]
