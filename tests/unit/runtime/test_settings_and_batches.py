"""Settings, SQS batches, published items."""

from __future__ import annotations

import threading
from typing import Any, get_type_hints

import pytest

from doorbell.domain.errors import Refusal
from doorbell.runtime import wiring
from doorbell.runtime.batches import AT_ONCE, each_record, received_before
from doorbell.runtime.published import parse
from doorbell.runtime.settings import Settings, SettingsError
from tests.support.log_lines import lines, new_service


def test_an_empty_environment_has_the_defaults() -> None:
    settings = Settings.from_environ({})
    assert settings == Settings()
    assert (settings.grace_seconds, settings.due_shards, settings.retention_days) == (900, 32, 30)
    assert not settings.egress_allow_http
    assert settings.egress_allowed_cidrs == ()


WRITTEN: dict[Any, dict[str, object]] = {
    bool: {"true": True, "False": False},
    int: {"7": 7},
    tuple[str, ...]: {"one": ("one",), " one,two , ": ("one", "two")},
    frozenset[int] | None: {"443": frozenset({443}), "1, 2": frozenset({1, 2}), "any": None},
    str: {"undelivered": "undelivered"},
}
KINDS = get_type_hints(Settings)


def test_a_part_of_the_stack_that_nobody_names_is_not_there() -> None:
    parts = [name for name in KINDS if name.endswith(("_table", "_queue_url", "_bucket", "_function"))]
    assert len(parts) > 10
    assert {getattr(Settings(), name) for name in parts} == {""}


@pytest.mark.parametrize("name", KINDS)
def test_a_setting_is_read_as_what_it_is(name: str) -> None:
    for text, value in WRITTEN[KINDS[name]].items():
        found = getattr(Settings.from_environ({name.upper(): text}), name)
        assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind in (bool, int)])
def test_a_setting_that_is_not_what_it_is_to_be_is_refused_by_its_name(name: str) -> None:
    for text in ("yes", "-1", "1.5"):
        with pytest.raises(SettingsError, match=f"environment variable {name.upper()}: must be "):
            Settings.from_environ({name.upper(): text})


def test_every_kind_of_variable_is_read() -> None:
    settings = Settings.from_environ(
        {
            "EVENTS_TABLE": "t",
            "GRACE_SECONDS": "60",
            "EGRESS_ALLOW_HTTP": "True",
            "EGRESS_ALLOWED_CIDRS": "127.0.0.0/8, 10.0.0.0/8",
            "EGRESS_ALLOWED_PORTS": "443,8443",
            "LOG_BUFFER_LEVEL": "",
        }
    )
    assert (settings.events_table, settings.grace_seconds, settings.egress_allow_http) == ("t", 60, True)
    assert settings.egress_allowed_cidrs == ("127.0.0.0/8", "10.0.0.0/8")
    assert settings.egress_allowed_ports == frozenset({443, 8443})
    assert settings.log_buffer_level == ""
    assert Settings.from_environ({"EGRESS_ALLOWED_PORTS": "any"}).egress_allowed_ports is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRACE_SECONDS", "0"),
        ("GRACE_SECONDS", "-1"),
        ("DUE_SHARDS", "many"),
        ("EGRESS_ALLOW_HTTP", "yes"),
        ("EGRESS_ALLOWED_PORTS", "443,https"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environ({name: value})


def test_a_variable_that_is_needed_and_missing_is_named() -> None:
    with pytest.raises(SettingsError, match="EVENTS_TABLE"):
        Settings.from_environ({"SOURCES_TABLE": "s"}, needs=("sources_table", "events_table"))


@pytest.fixture
def quiet_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    for built in (wiring.settings, wiring.logger, wiring.metrics):
        built.cache_clear()
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", new_service())


def records(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]}


@pytest.mark.usefixtures("quiet_runtime")
def test_one_bad_record_comes_again_and_harms_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    handled = []

    def handle(record: dict[str, Any]) -> None:
        if record["body"] == "bad":
            raise ValueError("bad")
        handled.append(record["body"])

    answer = each_record(records("a", "bad", "c", "bad"), handle)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m3"}]}
    assert sorted(handled) == ["a", "c"]
    assert {line["message_id"] for line in lines(capsys)} == {"m1", "m3"}
    wiring.metrics().flush()
    assert [line["RecordFailed"] for line in lines(capsys)] == [[2.0]]


@pytest.mark.usefixtures("quiet_runtime")
def test_a_batch_that_is_all_well_names_no_failures() -> None:
    assert each_record(records("a", "b"), lambda record: None) == {"batchItemFailures": []}


@pytest.mark.usefixtures("quiet_runtime")
def test_a_hundred_records_are_handled_at_once_and_those_that_failed_are_named() -> None:
    all_at_it = threading.Barrier(AT_ONCE)

    def handle(record: dict[str, Any]) -> None:
        all_at_it.wait(60)
        if record["body"] == "bad":
            raise ValueError("bad")

    answer = each_record(records(*["a"] * 60, "bad", *["c"] * 38, "bad"), handle)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m60"}, {"itemIdentifier": "m99"}]}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({}, False), ({"ApproximateReceiveCount": "1"}, False), ({"ApproximateReceiveCount": "2"}, True)],
)
def test_a_message_says_whether_it_came_before(attributes: dict[str, str], expected: bool) -> None:
    assert received_before({"attributes": attributes}) is expected
    assert received_before({}) is False


def test_a_published_item_has_an_id_a_type_a_tenant_and_data() -> None:
    item = parse({"id": "k", "type": "invoice.paid", "tenant_id": "acme", "data": [1]})
    assert (item.key, item.type, item.tenant_id, item.data) == ("k", "invoice.paid", "acme", [1])
    assert parse({"type": "a", "data": None}).tenant_id == "default"


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"data": 1}, "type"),
        ({"type": "a"}, "data"),
        ({"type": "a b", "data": 1}, "type"),
        ({"type": "a", "data": 1, "tenant_id": "a/b"}, "tenant_id"),
        ({"type": "a", "data": 1, "tenant_id": ""}, "tenant_id"),
        ({"type": "a", "data": 1, "id": ""}, "id"),
        ({"type": "a", "data": 1, "id": "x" * 257}, "id"),
        ({"type": "a", "data": 1, "tennant": "x"}, "tennant"),
        ("text", "event"),
        (None, "event"),
    ],
)
def test_a_published_item_that_is_wrong_is_refused_with_the_fields_name(item: object, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(item)
    assert refused.value.status == 422
    assert refused.value.detail.startswith(f"{field}: ")
