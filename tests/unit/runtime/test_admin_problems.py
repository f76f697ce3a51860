"""What the admin API answers to each kind of error: a status, a code that programs may rely on."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from doorbell.domain.errors import ConfigError, Refusal, SecretMissing, Unavailable
from doorbell.runtime.admin.errors import Problems, register
from doorbell.store.configuration.config_tables import Conflict

EVENT: dict[str, Any] = {
    "version": "2.0",
    "rawPath": "/things",
    "rawQueryString": "",
    "headers": {},
    "requestContext": {"http": {"method": "GET", "path": "/things"}, "stage": "$default"},
}
ANSWERS: list[tuple[Exception, int, str, str | None]] = [
    (Refusal(404, "unknown_event", "no such event"), 404, "unknown_event", None),
    (ConfigError("subscriptions/a", "url", "must be https"), 422, "invalid", "url"),
    (
        Problems(
            [
                ConfigError("subscriptions/a", "url", "must be https"),
                ConfigError("subscriptions/a", "id", "is empty"),
            ]
        ),
        422,
        "invalid",
        "url",
    ),
    (Conflict("sources/github"), 409, "conflict", None),
    (SecretMissing("ssm:/x", "is not there"), 409, "secret_missing", "secrets"),
    (Unavailable("dynamodb", "PutItem", "ThrottlingException"), 503, "try_again", None),
    (Unavailable("dynamodb", "PutItem", "ValidationException"), 422, "not_storable", None),
    (OverflowError(), 422, "not_storable", None),
    (RuntimeError("a bug"), 500, "internal_error", None),
]


def answered(error: Exception, path: str = "/things") -> tuple[int, dict[str, Any]]:
    app = APIGatewayHttpResolver()
    register(app)

    @app.get("/things")
    def fails() -> None:
        raise error

    told = app.resolve({**EVENT, "rawPath": path}, SimpleNamespace())  # type: ignore[arg-type]
    return told["statusCode"], json.loads(told["body"])


@pytest.mark.parametrize(("error", "status", "code", "field"), ANSWERS, ids=lambda one: type(one).__name__)
def test_an_error_has_a_status_a_code_and_names_the_field_that_is_wrong(
    error: Exception, status: int, code: str, field: str | None
) -> None:
    found, body = answered(error)
    assert (found, body["status"], body["code"], body.get("field")) == (status, status, code, field)
    assert "ssm:/x" not in str(body)


def test_what_there_is_no_route_for_is_said_so() -> None:
    assert answered(RuntimeError(), "/nothing")[1]["code"] == "no_route"
