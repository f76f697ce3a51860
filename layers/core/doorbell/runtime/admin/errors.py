"""Every error of the admin API as problem+json (RFC 9457): `status`, `code`, `detail` and the `field`
that is wrong, where it is one. No value that was refused is repeated."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from doorbell.domain.errors import ConfigError, Refusal, SecretMissing, Unavailable
from doorbell.runtime import wiring
from doorbell.store.config_tables import Conflict

CONTENT_TYPE = "application/problem+json"
NOT_STORABLE = frozenset({"ValidationException", "SerializationException"})
"""What DynamoDB says of an item that is too large or nested too deeply for it."""
RETRY_AFTER = "5"
"""Seconds."""


def register(app: APIGatewayHttpResolver) -> None:
    """One answer for each class of error."""
    for kind, answer in _ANSWERS.items():
        app.exception_handler(kind)(answer)


def problem(status: int, code: str, detail: str, field: str | None = None, **headers: str) -> Response[str]:
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    if field is not None:
        body["field"] = field
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, CONTENT_TYPE, json.dumps(body), headers=named)


def _refused(error: Refusal) -> Response[str]:
    return problem(error.status, error.code, error.detail)


def _not_configurable(error: ConfigError) -> Response[str]:
    return problem(422, "invalid", error.problem, error.field)


def _invalid(error: RequestValidationError) -> Response[str]:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(400, "not_json", "the body is not JSON")
    return problem(422, "invalid", _words(first), _field(first))


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
    wiring.log().exception("admin_failed")
    return problem(500, "internal_error", "this should not have happened; the log says what did")


_ANSWERS: Mapping[type[Exception], Any] = {
    Refusal: _refused,
    ConfigError: _not_configurable,
    RequestValidationError: _invalid,
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


def _words(first: Mapping[str, Any]) -> str:
    return str((first.get("ctx") or {}).get("problem") or first["msg"])
