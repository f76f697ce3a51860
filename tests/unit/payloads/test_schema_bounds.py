"""JSON Schemas that explode: refused when written and when loaded; what only a body shows is bounded."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, Refusal
from doorbell.payloads import schema as by_schema
from doorbell.payloads import schema_meter
from doorbell.payloads.regex.cost import degree
from doorbell.payloads.schema import check, check_for, check_schema
from doorbell.payloads.schema_shape import MAX_AT_ONE_PLACE

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"


def multiplied(times: int, keyword: str = "allOf", **more: Any) -> dict[str, Any]:
    """Each of `times` definitions holds a value twice against the next."""
    names = [f"d{n}" for n in range(times + 1)]
    twice = {one: {keyword: [{"$ref": f"#/$defs/{other}"}] * 2} for one, other in pairwise(names)}
    return {"$defs": {**twice, names[-1]: {"type": "object"}}, "$ref": "#/$defs/d0", **more}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_schema_whose_references_multiply_is_refused_when_it_is_written(keyword: str) -> None:
    with pytest.raises(ConfigError, match="references multiply"):
        check_schema("event_type acme/order", multiplied(14, keyword))
    check_schema("event_type acme/order", multiplied(9, keyword))


def test_references_that_multiply_below_a_property_are_seen_too() -> None:
    below = {"$defs": multiplied(14)["$defs"], "properties": {"a": {"items": {"$ref": "#/$defs/d0"}}}}
    with pytest.raises(ConfigError, match="references multiply"):
        check_schema("event_type acme/order", below)


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [{"properties": {"kind": {"const": n}}} for n in range(500)]},
        {"$defs": {"node": {"anyOf": [{"type": "string"}, {"items": {"$ref": "#/$defs/node"}}]}}},
        {"properties": {f"p{n}": {"$ref": "#/$defs/text"} for n in range(1000)}, "$defs": {"text": {}}},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"not": {"required": ["b"]}}},
        {"$schema": DRAFT_7, "dependencies": {"a": ["b"], "b": {"required": ["c"]}}},
    ],
    ids=["500 kinds", "a tree", "1000 properties", "if", "dependencies"],
)
def test_schemas_of_the_usual_kinds_are_taken(schema: dict[str, Any]) -> None:
    check_schema("src", schema)


LINEAR = [
    r"^[a-z]+(-[a-z]+)*$",
    r"^(\d+,)*\d+$",
    r"^(/[^/]+)+$",
    r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
    r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    r"^(([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])$",
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$",
    r"^(GET|POST|PUT)(,(GET|POST|PUT))*$",
    r"^(foo|foobar)*$",
    r"^\S(.*\S)?$",
    r"^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$",
    r"^[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}([A-Z0-9]?){0,16}$",
    r"\d+",
    r"",
    r"^x-",
]


NAMES = "|".join(f"{chr(97 + n % 26)}{n}land" for n in range(300))


@pytest.mark.parametrize("pattern", [f"^({NAMES})$", f"^({NAMES})(,({NAMES}))*$"], ids=["one", "several"])
def test_a_pattern_that_lists_hundreds_of_names_is_taken(pattern: str) -> None:
    assert degree(pattern) == 1


@pytest.mark.parametrize("pattern", LINEAR)
def test_patterns_of_the_usual_kinds_are_taken_and_may_be_asked_of_any_text(pattern: str) -> None:
    assert degree(pattern) == 1


@pytest.mark.parametrize(
    ("pattern", "power"),
    [(r"^[^@]+@[^@]+\.[^@]+$", 2), (r"\s+$", 2), (r"^\s*(.*?)\s*$", 3), (r"[a-z]+@", 2)],
)
def test_a_pattern_with_loops_that_hand_text_on_is_known_by_its_power(pattern: str, power: int) -> None:
    assert degree(pattern) == power


REPEATED = [
    "(a+)+$",
    "^(a*)*$",
    "^(a|a)*$",
    "^(a|aa)*$",
    r"^(\w+\s?)*$",
    "^(a?b?)*$",
    "^(a(b*)?)*$",
    "^(a{1,9}){1,9}$",
    "^(a?){30}$",
    "^((a?){9},?)*$",
    "^(?=(a+)+$)b",
    "(?i)^(ab|AB)*$",
    "^((ab)*)*$",
    "^(\\x00|\\x00\\x00)*$",
]
"""Judged, and never searched for."""


@pytest.mark.parametrize("pattern", REPEATED)
def test_a_pattern_that_doubles_its_tries_is_refused_when_it_is_written(pattern: str) -> None:
    schemas: list[dict[str, Any]] = [
        {"items": {"pattern": pattern}},
        {"$defs": {"a": {"patternProperties": {pattern: {}}}}},
    ]
    for schema in schemas:
        with pytest.raises(ConfigError, match="a part that repeats repeats itself"):
            check_schema("src", schema)


def test_what_is_refused_when_written_is_refused_when_loaded_and_looked_at_once() -> None:
    schema = {"properties": {"a": {"pattern": REPEATED[0]}}}
    for _ in range(2):
        with pytest.raises(ConfigError, match="repeats itself"):
            check_for("src", schema, b"{}")


def test_a_broken_schema_is_not_looked_at_for_each_event(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def broken(item: str, schema: object) -> None:
        asked.append(schema)
        raise ConfigError(item, "json_schema", "is broken")

    monkeypatch.setattr(by_schema, "check_schema", broken)
    schema = {"type": "objekt"}
    errors = []
    for _ in range(10):
        with pytest.raises(ConfigError) as caught:
            check_for("event_type acme/order", schema, b"{}")
        errors.append(caught.value)
    assert len(asked) == 1
    assert len(set(map(id, errors))) == 10, "an error that is kept collects the frames of all who met it"


MORE = {"in": {"$ref": "#/$defs/node"}}
TWICE_BELOW = {
    "$defs": {"node": {"oneOf": [{"properties": MORE, "required": [name]} for name in "ab"]}},
    "$ref": "#/$defs/node",
}
"""Two kinds of node, in each of which there may be more: each depth is looked at by both."""


def nested(depth: int) -> bytes:
    value: dict[str, Any] = {"a": 1}
    for _ in range(depth):
        value = {"a": 1, "in": value}
    return json.dumps(value).encode()


def test_a_body_that_takes_too_long_to_check_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check_for("src", TWICE_BELOW, nested(4))
    monkeypatch.setattr(by_schema, "STEPS", 100)
    check_for("src", TWICE_BELOW, nested(2))
    with pytest.raises(Refusal) as caught:
        check_for("src", TWICE_BELOW, nested(9))
    assert (caught.value.status, caught.value.detail) == (422, "/: takes too long to check by its schema")


@pytest.mark.parametrize("dialect", [DRAFT_7, DRAFT_2020])
def test_a_schema_that_names_its_dialect_is_charged_all_the_same(
    dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_schema, "STEPS", 100)
    with pytest.raises(Refusal, match="takes too long"):
        check({"$schema": dialect, **TWICE_BELOW}, nested(9))


def test_a_schema_within_a_schema_that_names_its_dialect_is_charged_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(by_schema, "STEPS", 100)
    inside = {"$id": "https://x.example/", "$schema": DRAFT_2020, **TWICE_BELOW}
    with pytest.raises(Refusal, match="takes too long"):
        check({"$defs": {"x": inside}, "$ref": "https://x.example/"}, nested(9))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": r"^\s*(.*?)\s*$"}, "x" * 300),
        ({"patternProperties": {r"^\s*(.*?)\s*$": {}}}, {"x" * 300: 1}),
        ({"additionalProperties": False, "patternProperties": {r"^\s*(.*?)\s*$": {}}}, {"x" * 300: 1}),
        ({"uniqueItems": True}, [{"n": n} for n in range(300)]),
    ],
    ids=["pattern", "patternProperties", "additionalProperties", "uniqueItems"],
)
def test_what_a_rule_costs_by_the_value_is_charged(
    schema: dict[str, Any], value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(schema, json.dumps(value).encode())
    monkeypatch.setattr(by_schema, "STEPS", 100)
    with pytest.raises(Refusal, match="takes too long"):
        check(schema, json.dumps(value).encode())


def test_a_large_body_by_a_schema_of_the_usual_kind_is_taken() -> None:
    number = {"type": "number", "minimum": 0}
    properties = {"a": number, "b": {"type": "string", "maxLength": 9}}
    line = {"type": "object", "properties": properties, "required": ["a"]}
    body = json.dumps([{"a": n, "b": "x"} for n in range(20_000)]).encode()
    check({"type": "array", "items": line}, body)
    spent = schema_meter.STEPS + schema_meter.STEPS_PER_BYTE * len(body) - schema_meter._left.get()
    assert spent < 0.5 * (schema_meter.STEPS + schema_meter.STEPS_PER_BYTE * len(body))


def test_many_names_are_held_against_many_simple_patterns() -> None:
    patterns: dict[str, Any] = {f"^x{number}-": {} for number in range(150)}
    body = json.dumps({f"name{number}": 1 for number in range(2_000)}).encode()
    check({"patternProperties": patterns}, body)


def test_strings_and_numbers_that_are_unique_are_cheap_however_many() -> None:
    check({"uniqueItems": True}, json.dumps([str(n) for n in range(20_000)]).encode())


def test_the_bound_is_above_what_one_place_is_held_against() -> None:
    assert schema_meter.STEPS > MAX_AT_ONE_PLACE * 2


@pytest.mark.parametrize("value", [["a", "b"], [1, 2.5], [[1], [2]], ["a", 1]])
def test_what_must_be_unique_is_taken_where_it_is_and_refused_where_it_is_not(value: list[Any]) -> None:
    check({"uniqueItems": True}, json.dumps(value).encode())
    with pytest.raises(Refusal, match="uniqueItems"):
        check({"uniqueItems": True}, json.dumps([*value, value[0]]).encode())
