"""What an expression begins with, and what of it no event ever has."""

import pytest

from doorbell.payloads.expressions import problem_with
from doorbell.payloads.roots import strange_roots


@pytest.mark.parametrize(
    "expression",
    [
        "body.ref",
        "event.type == 'push' && headers.\"x-a\"",
        "body.commits[?author.name == 'x'].id",
        "body.commits[*].author.name",
        "body.items[].price | [0]",
        "body | ref",
        "length(body.commits) > `3`",
        "sort_by(body.commits, &id)[0].id",
        "map(&name, body.rows)",
        "@",
        "@.body",
        "body.[a, b]",
        "body.{x: a, y: b}",
        "body.rows[1:3].name",
        "{ref: body.ref, kind: event.type}",
        '`{"ref": 1}`.ref',
        "keys(@)",
        "body.*.name",
    ],
)
def test_what_begins_with_what_an_event_has_is_not_strange(expression: str) -> None:
    assert problem_with(expression) is None
    assert strange_roots(expression) == []


@pytest.mark.parametrize(
    ("expression", "roots"),
    [
        ("ref", ["ref"]),
        ("ref == 'refs/heads/main'", ["ref"]),
        ("bdy.ref", ["bdy"]),
        ("body.a && action == 'opened'", ["action"]),
        ("contains(labels[*].name, 'x')", ["labels"]),
        ("starts_with(ref, base)", ["ref", "base"]),
        ("commits[?body.x]", ["commits"]),
        ("!draft", ["draft"]),
        ("{a: ref, b: body.x}", ["ref"]),
        ("[body, ref]", ["ref"]),
        ("ref | body", ["ref"]),
        ("data.*.x", ["data"]),
        ("rows[]", ["rows"]),
        ("rows[1:2]", ["rows"]),
        ('"event type"', ["event type"]),
    ],
)
def test_what_no_event_has_is_named(expression: str, roots: list[str]) -> None:
    assert problem_with(expression) is None
    assert strange_roots(expression) == roots


def test_an_expression_that_cannot_be_compiled_has_no_roots() -> None:
    assert strange_roots("length(") == []
