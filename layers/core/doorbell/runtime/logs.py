"""Structured logs: one JSON object a line, by Powertools' Logger."""

from aws_lambda_powertools import Logger

CALLER = 3
"""So that `location` names the line that logs, not this file."""


class JsonLog:
    """Fields become keys of the line. Nobody passes secrets or bodies in; see `tests/e2e` for the proof."""

    def __init__(self, service: str, level: str) -> None:
        self._logger = Logger(service=service, level=level)

    def info(self, message: str, **fields: object) -> None:
        self._logger.info(message, extra=fields, stacklevel=CALLER)

    def error(self, message: str, **fields: object) -> None:
        self._logger.error(message, extra=fields, stacklevel=CALLER)

    def exception(self, message: str, **fields: object) -> None:
        """With the traceback of the exception being handled."""
        self._logger.exception(message, extra=fields, stacklevel=CALLER)
