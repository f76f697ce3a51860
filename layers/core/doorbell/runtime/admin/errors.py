"""Every error of the admin API as problem+json (RFC 9457): `status`, `code`, `detail` and the `field`
that is wrong, where it is one. No value that was refused is repeated."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from doorbell.domain.errors import ConfigError, DoorbellError, Refusal, SecretMissing, Unavailable
from doorbell.runtime import wiring
from doorbell.runtime.admin.parameters import unknown_field, unknown_parameters
from doorbell.runtime.wrong_input import in_words
from doorbell.store.configuration.config_tables import Conflict

CONTENT_TYPE = "application/problem+json"
NOT_STORABLE = frozenset({"ValidationException", "SerializationException"})
"""What DynamoDB says of an item that is too large or nested too deeply for it."""
RETRY_AFTER = "5"
"""Seconds."""


class Problems(DoorbellError):
    """Everything that is wrong with what was sent; at least one."""

    def __init__(self, found: Sequence[ConfigError]) -> None:
        super().__init__("; ".join(str(error) for error in found))
        self.found = found


def register(app: APIGatewayHttpResolver) -> None:
    """One answer for each class of error."""
    for kind, answer in _ANSWERS.items():
        app.exception_handler(kind)(answer)
    app.exception_handler(RequestValidationError)(partial(_invalid, app))


def problem(
    status: int,
    code: str,
    detail: str,
    field: str | None = None,
    problems: Sequence[Mapping[str, str]] = (),
    **headers: str,
) -> Response[str]:
    body: dict[str, Any] = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    if field is not None:
        body["field"] = field
    if problems:
        body["problems"] = problems
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, CONTENT_TYPE, json.dumps(body), headers=named)


def _refused(error: Refusal) -> Response[str]:
    return problem(error.status, error.code, error.detail)


def _not_configurable(error: ConfigError) -> Response[str]:
    return _wrong([(error.field, error.problem)])


def _problems(error: Problems) -> Response[str]:
    return _wrong([(each.field, each.problem) for each in error.found])


def _wrong(found: Sequence[tuple[str, str]]) -> Response[str]:
    """The first in `field` and `detail`, all in `problems`."""
    field, detail = found[0]
    problems = [{"field": field, "problem": problem} for field, problem in found]
    return problem(422, "invalid", detail, field, problems)


def _invalid(app: APIGatewayHttpResolver, error: RequestValidationError) -> Response[str]:
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        return problem(400, "not_json", "the body is not JSON")
    wrong = [(_field(each), unknown_field(app, each) or in_words(each) + _in_a_query(each)) for each in found]
    return _wrong(wrong + [(each.field, each.problem) for each in unknown_parameters(app)])


def _in_a_query(error: Mapping[str, Any]) -> str:
    """Who wrote `+01:00` wrote a time, and a blank came of it."""
    is_time = str(error["type"]).startswith("datetime") and error["loc"][0] == "query"
    return "; in a URL, + is written %2B" if is_time else ""


def _conflict(error: Conflict) -> Response[str]:
    return problem(409, "conflict", "it was changed by somebody else meanwhile; read it again")


def _secret_missing(error: SecretMissing) -> Response[str]:
    return problem(409, "secret_missing", "a secret reference leads nowhere or may not be read", "secrets")


def _unavailable(error: Unavailable) -> Response[str]:
    if error.cause in NOT_STORABLE:
        return _not_storable(error)
    wiring.log().error("admin_unavailable", cause=str(error))
    return problem(503, "try_again", "a service did not answer; ask again", retry_after=RETRY_AFTER)


def _not_storable(error: Exception) -> Response[str]:
    return problem(
        422,
        "not_storable",
        "DynamoDB cannot hold this: too large, nested too deeply, a number of more than 38 digits",
    )


def _not_found(error: NotFoundError) -> Response[str]:
    return problem(404, "no_route", "no such path, or not with this method")


def _unsupported(error: RequestUnsupportedContentType) -> Response[str]:
    return problem(415, "not_json", "send application/json")


def _failed(error: Exception) -> Response[str]:
    wiring.logger().exception("admin_failed")
    return problem(500, "internal_error", "this should not have happened; the log says what did")


_ANSWERS: Mapping[type[Exception], Any] = {
    Refusal: _refused,
    ConfigError: _not_configurable,
    Problems: _problems,
    Conflict: _conflict,
    SecretMissing: _secret_missing,
    Unavailable: _unavailable,
    OverflowError: _not_storable,
    NotFoundError: _not_found,
    RequestUnsupportedContentType: _unsupported,
    Exception: _failed,
}


def _field(first: Mapping[str, Any]) -> str:
    """The dotted path below `body`, or the parameter's name."""
    loc: Sequence[Any] = first["loc"]
    return ".".join(str(part) for part in loc[1:] if part != "[key]") or str(loc[0])
