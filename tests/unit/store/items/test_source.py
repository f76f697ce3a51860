"""A source as people write it becomes a Source, or an error that names the item and the field."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeSerializer

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import MAX_BODY_BYTES, Ack, Dedupe, EventTypeAt, Source
from doorbell.store.items.models import Checks, SourceItem, load_source, problems

LEAST: dict[str, Any] = {
    "source_id": "github-main",
    "provider": "github",
    "secrets": ["ssm:/doorbell/github"],
}
FULL: dict[str, Any] = {
    **LEAST,
    "tenant_id": "acme",
    "enabled": False,
    "scheme": {"algorithm": "sha256", "tolerance": Decimal("300")},
    "options": {"merchant": "m_1"},
    "public_url": "https://hooks.example.com/in/github-main",
    "allowed_cidrs": ["192.0.2.0/24", "2001:db8::/32", "203.0.113.7", "preset:github"],
    "max_body_bytes": Decimal(2_000_000),
    "content_types": ["application/json", "application/*"],
    "json_schema": {"type": "object", "minimum": Decimal("0.5"), "const": None},
    "dedupe": {"from": "header", "key": "X-GitHub-Delivery", "window_hours": Decimal(24)},
    "event_type": {"from": "body", "key": "action"},
    "verify_token_ref": "secretsmanager:doorbell/meta#token",
    "tolerance_seconds": Decimal(600),
    "ack": {"status": Decimal(200), "body": "ok", "content_type": "text/plain"},
    "description": "the main repository",
    "created_at": Decimal("1767225600.5"),
}


def only_problem(**changes: Any) -> tuple[str, str]:
    (error,) = problems({**LEAST, **changes})
    assert error.item == "source github-main"
    return error.field, error.problem


def test_the_least_a_source_needs() -> None:
    assert load_source(LEAST) == Source("github-main", "github", ("ssm:/doorbell/github",))


def test_every_field_arrives() -> None:
    assert load_source(FULL) == Source(
        source_id="github-main",
        provider="github",
        secrets=("ssm:/doorbell/github",),
        tenant_id="acme",
        enabled=False,
        scheme={"algorithm": "sha256", "tolerance": 300},
        options={"merchant": "m_1"},
        public_url="https://hooks.example.com/in/github-main",
        allowed_cidrs=("192.0.2.0/24", "2001:db8::/32", "203.0.113.7", "preset:github"),
        max_body_bytes=2_000_000,
        content_types=("application/json", "application/*"),
        json_schema={"type": "object", "minimum": 0.5, "const": None},
        dedupe=Dedupe("header", "X-GitHub-Delivery", 24),
        event_type=EventTypeAt("body", "action"),
        verify_token_ref="secretsmanager:doorbell/meta#token",
        tolerance_seconds=600,
        ack=Ack(200, "ok", "text/plain"),
    )


def test_what_was_written_can_be_written_back() -> None:
    item = SourceItem.model_validate(FULL).to_item()
    TypeSerializer().serialize(item)  # boto3 refuses floats and tuples
    assert item == FULL
    assert load_source(item) == load_source(FULL)


def test_defaults_that_were_not_written_stay_unwritten() -> None:
    assert SourceItem.model_validate(LEAST).to_item() == LEAST


def test_null_is_the_same_as_not_there() -> None:
    assert load_source({**LEAST, "public_url": None, "enabled": None}) == load_source(LEAST)


def test_a_set_is_a_list_where_order_is_nothing() -> None:
    source = load_source({**LEAST, "secrets": {"ssm:/b", "ssm:/a"}, "content_types": {"text/plain"}})
    assert source.secrets == ("ssm:/a", "ssm:/b")
    assert source.content_types == ("text/plain",)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"secret": []}, "secret", "unknown field; did you mean secrets?"),
        (
            {"dedupe": {"from": "hash", "window": 1}},
            "dedupe.window",
            "unknown field; did you mean window_hours?",
        ),
        (
            {"dedupe": {"from": "heder", "key": "a"}},
            "dedupe.from",
            "must be 'form', 'header', 'body' or 'hash'",
        ),
        ({"dedupe": {"key": "a"}}, "dedupe.from", "missing"),
        ({"dedupe": {"from": "header"}}, "dedupe.key", "needed for header and body"),
        ({"dedupe": {"from": "hash", "key": "a"}}, "dedupe.key", "not for hash"),
        ({"dedupe": {"from": "hash", "window_hours": Decimal(0)}}, "dedupe.window_hours", "greater than or"),
        ({"dedupe": {"from": "hash", "window_hours": Decimal(8761)}}, "dedupe.window_hours", "less than or"),
        ({"dedupe": "hash"}, "dedupe", "must be an object, not text"),
        ({"event_type": {"from": "fixed"}}, "event_type.key", "missing"),
        (
            {"event_type": {"from": "hash", "key": "a"}},
            "event_type.from",
            "'form', 'header', 'body' or 'fixed'",
        ),
        ({"enabled": "true"}, "enabled", "must be true or false, not text"),
        ({"max_body_bytes": "1000"}, "max_body_bytes", "must be a whole number, not text"),
        ({"max_body_bytes": Decimal("1.5")}, "max_body_bytes", "must be a whole number"),
        ({"max_body_bytes": True}, "max_body_bytes", "must be a whole number, not true or false"),
        ({"max_body_bytes": MAX_BODY_BYTES + 1}, "max_body_bytes", "less than or equal to"),
        ({"provider": "GitHub"}, "provider", "lower-case"),
        ({"provider": "github\n"}, "provider", "lower-case"),
        ({"provider": Binary(b"github")}, "provider", "must be text"),
        ({"tenant_id": "a/b"}, "tenant_id", "1 to 64 letters"),
        ({"secrets": "ssm:/a"}, "secrets", "must be a list, not text"),
        ({"secrets": [Decimal(1)]}, "secrets.0", "must be text, not a number"),
        ({"secrets": ["ssm:/a"] * 11}, "secrets", "at most 10"),
        ({"verify_token_ref": "token"}, "verify_token_ref", "not a secret reference"),
        ({"allowed_cidrs": ["192.0.2.0/24", "10.0.0.0/33"]}, "allowed_cidrs.1", "not an address range"),
        ({"allowed_cidrs": ["10.1.2.3/8"]}, "allowed_cidrs.0", "did you mean 10.0.0.0/8?"),
        ({"allowed_cidrs": ["fe80::1%eth0"]}, "allowed_cidrs.0", "not an address range"),
        ({"allowed_cidrs": ["preset:Git Hub"]}, "allowed_cidrs.0", "preset:<name>"),
        ({"content_types": ["json"]}, "content_types.0", "type/subtype"),
        ({"public_url": "hooks.example.com"}, "public_url", "https://host/path"),
        ({"json_schema": []}, "json_schema", "must be an object, not a list"),
        ({"tolerance_seconds": 0}, "tolerance_seconds", "greater than or equal to 1"),
        ({"ack": {"status": 301}}, "ack.status", "less than or equal to 299"),
        ({"ack": {"content_type": "text/plain\r\nx: y"}}, "ack.content_type", "type/subtype"),
        ({"options": {"a": Decimal(1)}}, "options.a", "must be text, not a number"),
        ({"created_at": {"a": 1}}, "created_at", "epoch seconds"),
    ],
)
def test_a_mistake_is_named_with_its_field(changes: dict[str, Any], field: str, problem: str) -> None:
    found = only_problem(**changes)
    assert found[0] == field
    assert problem in found[1]


def test_all_mistakes_are_found_and_loading_raises_the_first() -> None:
    broken = {**LEAST, "enabled": "yes", "tenant_id": "", "dedupe": {"from": "x", "key": "a"}}
    assert {error.field for error in problems(broken)} == {"enabled", "tenant_id", "dedupe.from"}
    with pytest.raises(ConfigError) as caught:
        load_source(broken)
    assert str(caught.value).startswith("source github-main: ")


@pytest.mark.parametrize(
    ("source_id", "name"),
    [(None, "source (without source_id)"), ("a b", "source (bad source_id)"), (7, "source (bad source_id)")],
)
def test_an_item_without_a_good_id_is_still_named(source_id: object, name: str) -> None:
    (error,) = problems({**LEAST, "source_id": source_id})
    assert (error.item, error.field) == (name, "source_id")


@pytest.mark.parametrize(
    "pasted", ["hunter2", "whsec_hunter2", "ssm:hunter2", "kms:hunter2!", "https://hunter2"]
)
def test_a_secret_pasted_by_mistake_is_never_shown(pasted: str) -> None:
    (error,) = problems({**LEAST, "secrets": [pasted]})
    assert error.field == "secrets.0"
    assert "hunter2" not in str(error)
    with pytest.raises(ConfigError) as caught:
        load_source({**LEAST, "secrets": [pasted]})
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is caught.value.__cause__ is None


def test_what_the_provider_needs_is_asked_of_the_injected_check() -> None:
    def check(source: Source) -> None:
        raise ConfigError(f"source {source.source_id}", "provider", "unknown provider")

    with pytest.raises(ConfigError, match="unknown provider"):
        load_source(LEAST, Checks(source=check))
    assert [error.problem for error in problems(LEAST, Checks(source=check))] == ["unknown provider"]
