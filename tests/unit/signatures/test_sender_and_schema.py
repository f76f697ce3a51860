"""Allow-lists, content types and JSON Schema: each refusal with its own status and code."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, Refusal
from doorbell.domain.sources import Source
from doorbell.payloads.schema import check, check_for, check_schema
from doorbell.payloads.schema_refs import leading_nowhere
from doorbell.signatures.schemes.presets import PRESETS
from doorbell.signatures.sender import check_content_type, check_sender, ranges
from doorbell.signatures.source_check import secret_problem

ORDER = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "lines": {"type": "array", "items": {"type": "integer"}}},
}


def listed(*cidrs: str) -> Source:
    return Source("s", "github", allowed_cidrs=cidrs)


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1", "140.82.112.9", "9.234.98.165"])
def test_listed_address_passes(address: str) -> None:
    check_sender(listed("192.0.2.0/24", "2001:db8::/32", "preset:github"), address)


@pytest.mark.parametrize("address", ["192.0.3.7", "::1", "", "not an address", "192.0.2.7, 10.0.0.1"])
def test_address_that_is_not_listed_is_refused_with_403(address: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_sender(listed("192.0.2.0/24"), address)
    assert (caught.value.status, caught.value.code) == (403, "address_not_allowed")


def test_source_without_a_list_takes_every_address() -> None:
    check_sender(Source("s", "github"), "203.0.113.9")


@pytest.mark.parametrize("cidr", ["preset:nobody", "192.0.2.1/24", "somewhere", ""])
def test_broken_allow_list_is_named_with_its_field(cidr: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ranges(listed("192.0.2.0/24", cidr))
    assert caught.value.field == "allowed_cidrs.1"


def test_every_preset_is_dated_sourced_and_made_of_public_networks() -> None:
    assert {"github", "stripe", "telegram", "postmark", "plaid", "gitlab", "sentry"} <= set(PRESETS)
    for preset in PRESETS.values():
        assert preset.as_of.startswith("2026-")
        assert preset.origin.startswith("https://")
        assert all(ip_network(cidr).is_global for cidr in preset.cidrs)


def test_content_type_is_compared_without_parameters_and_case() -> None:
    source = Source("s", "github", content_types=("application/json",))
    check_content_type(source, "Application/JSON; charset=utf-8")
    check_content_type(Source("s", "github"), "anything/at-all")
    for wrong in ("text/plain", "", "application/jsonx"):
        with pytest.raises(Refusal) as caught:
            check_content_type(source, wrong)
        assert (caught.value.status, caught.value.code) == (415, "content_type_not_allowed")


@pytest.mark.parametrize("allowed", ["application/*", "*/json", "Application/*son", "*/*"])
def test_star_in_a_content_type_stands_for_anything(allowed: str) -> None:
    source = Source("s", "github", content_types=("text/csv", allowed))
    check_content_type(source, "application/JSON; charset=utf-8")
    for wrong in ("", "text", "applications"):
        with pytest.raises(Refusal):
            check_content_type(source, wrong)


def test_content_type_without_a_star_is_no_pattern_of_the_senders() -> None:
    with pytest.raises(Refusal):
        check_content_type(Source("s", "github", content_types=("application/json",)), "*/*")


def test_fitting_body_passes_the_schema() -> None:
    check(ORDER, b'{"id":"o1","lines":[1,2]}')
    check(None, b"whatever")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{}", "/: breaks the rule required"),
        (b'{"id":7}', "/id: breaks the rule type"),
        (b'{"id":"a","lines":[1,"secret-value"]}', "/lines/1: breaks the rule type"),
        (b"not json", "/: is not JSON"),
        (b"[" * 9000, "/: is not JSON"),
    ],
)
def test_body_that_does_not_fit_is_refused_with_a_pointer_and_no_value(body: bytes, pointer: str) -> None:
    with pytest.raises(Refusal) as caught:
        check(ORDER, body)
    assert (caught.value.status, caught.value.code, caught.value.detail) == (422, "schema_mismatch", pointer)


def test_pointer_with_a_hostile_key_is_tamed() -> None:
    schema = {"additionalProperties": {"type": "integer"}}
    with pytest.raises(Refusal) as caught:
        check(schema, b'{"a/b~c\\n\\u0000' + b"x" * 500 + b'":"v"}')
    assert caught.value.detail.startswith("/a~1b~0c??xxx")
    assert len(caught.value.detail) < 120


def test_schema_that_refers_to_the_outside_is_not_followed() -> None:
    with pytest.raises(Refusal) as caught:
        check({"$ref": "https://schemas.test/x.json"}, b"{}")
    assert caught.value.status == 503


@pytest.mark.parametrize("schema", [{"type": "nothing"}, {"required": "id"}])
def test_broken_schema_is_a_config_error(schema: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        check_schema("src", schema)
    assert caught.value.field == "json_schema"
    check_schema("src", ORDER)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"properties": []},
        {"pattern": "("},
        {"multipleOf": 0},
        {"required": "id"},
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"$schema": []},
        {"$schema": "http://json-schema.org/draft-04/schema#", "patternProperties": {"(": {}}},
    ],
    ids=str,
)
def test_schema_that_cannot_be_used_is_named_with_its_item(schema: dict[str, Any]) -> None:
    for _ in range(2):
        with pytest.raises(ConfigError) as caught:
            check_for("src", schema, b'{"a":1}')
        assert (caught.value.item, caught.value.field) == ("src", "json_schema")


def test_schema_is_looked_at_once_for_as_long_as_its_source_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("doorbell.payloads.schema.check_schema", lambda item, schema: asked.append(schema))
    first, same = {"type": "object"}, {"type": "object"}
    for schema in (first, first, same):
        check_for("src", schema, b"{}")
    assert len(asked) == 2
    assert asked[0] is first
    assert asked[1] is same


def test_number_that_no_rule_can_judge_is_the_bodys_fault() -> None:
    with pytest.raises(Refusal) as caught:
        check_for("src", {"multipleOf": 0.1}, b"1e400")
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://schemas.example/order.json"},
        {"$ref": "#/definitions/nope"},
        {"properties": {"a": {"items": {"$ref": "#/nope"}}}},
        {"$defs": {"a": {"$ref": "#nope"}}},
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
    ],
)
def test_a_schema_that_refers_to_nothing_or_has_no_end_is_told_when_it_is_written(
    schema: dict[str, object],
) -> None:
    with pytest.raises(ConfigError, match="json_schema"):
        check_schema("src", schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {"a": {"type": "object"}}, "properties": {"a": {"$ref": "#/$defs/a"}}},
        {"$defs": {"a": {"$anchor": "here"}}, "properties": {"a": {"$ref": "#here"}}},
        {"$id": "https://x.example/a", "$defs": {"b": {"$id": "b"}}, "properties": {"b": {"$ref": "b"}}},
        {"properties": {"child": {"$ref": "#"}}},
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": {"a": {}},
            "properties": {"a": {"$ref": "#/definitions/a"}},
        },
        {"enum": [{"$ref": "#/nope"}]},
    ],
)
def test_a_schema_whose_references_lead_somewhere_is_taken(schema: dict[str, object]) -> None:
    check_schema("src", schema)
    assert leading_nowhere(schema) is None


@pytest.mark.parametrize(
    ("provider", "scheme", "secret", "is_usable"),
    [
        ("standard-webhooks", None, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", True),
        ("standard-webhooks", None, "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", True),
        ("standard-webhooks", None, "whsec_***", False),
        ("stripe", None, "whsec_***", True),
        ("discord", None, "no hex", False),
        ("hmac", {"signature": {"header": "x"}, "key": "hex"}, "zz", False),
        ("hmac", {"signature": {"header": "x"}, "key": "hex"}, "00ff", True),
        ("auth0", None, "anything", True),
    ],
)
def test_a_secret_that_is_not_of_its_providers_form_is_told_before_it_is_stored(
    provider: str, scheme: dict[str, object] | None, secret: str, is_usable: bool
) -> None:
    problem = secret_problem(provider, scheme, secret)
    assert (problem == "") is is_usable
    assert secret not in problem


@pytest.mark.parametrize(
    ("provider", "secret", "what"),
    [
        ("stripe", "sk_live_51Abc", "an API key"),
        ("slack", "xoxb-1-2-abc", "a Slack token"),
        ("github", "ghp_0123456789abcdef", "a GitHub token"),
        ("linear", "lin_api_0123", "a Linear API key"),
        ("github", "https://hooks.example.test/in/gh", "a URL"),
        ("slack", "ssm:/doorbell/slack", "a reference to a secret"),
        ("github", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "a token (JWT)"),
        ("sendgrid", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", "a private key"),
    ],
)
def test_what_plainly_is_no_signing_secret_is_refused_and_named(
    provider: str, secret: str, what: str
) -> None:
    problem = secret_problem(provider, None, secret)
    assert what in problem
    assert "needs" in problem
    assert secret not in problem


@pytest.mark.parametrize("provider", ["token", "gitlab", "telegram", "url-secret"])
def test_a_token_of_ones_own_choice_may_look_like_anything(provider: str) -> None:
    assert secret_problem(provider, None, "sk_live_51Abc") == ""
