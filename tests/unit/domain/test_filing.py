"""Filing: whoever wants an event is found where the event asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doorbell.domain.filing import Filed, Question, Unknown, equality_of, keys_of
from doorbell.domain.matching import OTHERS, FilterError, match
from doorbell.domain.records import Incoming
from doorbell.domain.subscriptions import Interest
from doorbell.payloads.filters import Filters
from tests.support.builders import an_incoming

WORDS = ("invoice", "paid", "push", "a", "")
types = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from("./:_-").map(lambda separator: separator.join(words))
)
globs = st.one_of(
    types,
    types.map(lambda text: text + "*"),
    st.tuples(types, st.sampled_from(["*", "?", "[a-z]", "[", "[!x]*"]), types).map("".join),
    st.text("invo*?[].-_:/", max_size=8),
)
sources = st.sampled_from(["hub", "stripe", "shop"])
texts = st.sampled_from(["x", "y", ""])
fields = st.sampled_from(["body.a", "body.b.c", "event.type", "headers.who", "body.none"])
equalities = st.tuples(fields, texts).map(lambda of: f"{of[0]} == '{of[1]}'")
filters = st.one_of(
    st.none(),
    equalities,
    st.tuples(
        equalities, st.sampled_from([" && ", " || ", " | ", "&&"]), st.sampled_from(["@", "!@", "body.b"])
    ).map("".join),
    st.tuples(equalities, st.sampled_from([" && ", " || "]), equalities).map("".join),
    st.sampled_from(["body.b", "!(body.a == 'x')", "abs('x')", 'body.a == `"x"`', "'x' == body.a"]),
)
interests = st.lists(
    st.tuples(
        st.booleans() | st.just(True),
        st.lists(sources, max_size=2).map(tuple),
        st.lists(globs, max_size=3).map(tuple),
        filters,
    ),
    max_size=12,
).map(lambda all_: [Interest(f"s{number:02}", *one) for number, one in enumerate(all_)])
values = st.sampled_from(["x", "y", "", 5, None, True, {"c": "x"}, {"c": {"c": "x"}}, ["x"]])
bodies = st.fixed_dictionaries({}, optional={"a": values, "b": values}) | st.sampled_from(["x", [1], None])


def asked(incoming: Incoming, body: bytes, filters: Filters) -> Question:
    return Question(incoming.source_id, incoming.types, lambda path: filters.text_at(path, incoming, body))


def wanted(interest: Interest, incoming: Incoming, body: bytes, filters: Filters) -> bool:
    return match(
        interest,
        source_id=incoming.source_id,
        event_type=incoming.event_type,
        event_types=incoming.event_types,
        passes=lambda expression: filters.passes(expression, incoming, body),
    ).matched


@given(
    interests,
    sources,
    st.lists(types | st.just(OTHERS), min_size=1, max_size=3),
    bodies,
    st.sampled_from("xy"),
)
@example([Interest("s", True, (), ("a[",), None)], "hub", ["a["], {}, "x")
@example([Interest("s", True, ("hub",), ("push", "*"), None)], "hub", ["pull"], {}, "x")
@example([Interest("s", True, (), (), "body.a == ''")], "hub", ["push"], {"a": ""}, "x")
def test_who_is_found_by_key_is_whoever_wants_it_and_others_are_left_out_or_asked(
    all_: list[Interest], source: str, kinds: list[str], value: Any, header: str
) -> None:
    body, filters = json.dumps(value).encode(), Filters()
    several = tuple(kinds) if len(kinds) > 1 else ()
    incoming = an_incoming(
        body, source_id=source, event_type=kinds[0], event_types=several, headers={"who": header}
    )
    found = list(Filed(all_).concerning(asked(incoming, body, filters)))
    assert found == sorted(found, key=lambda one: one.subscription_id)
    everybody = [one for one in all_ if wanted(one, incoming, body, filters)]
    assert [one for one in found if wanted(one, incoming, body, filters)] == everybody


@given(interests, sources, types)
def test_where_the_body_is_gone_all_filters_are_asked(all_: list[Interest], source: str, kind: str) -> None:
    def gone(path: object) -> str | None:
        raise Unknown

    def fails(expression: str) -> bool:
        raise FilterError("gone")

    def reason(one: Interest) -> str:
        return match(one, source_id=source, event_type=kind, passes=fails).reason

    found = list(Filed(all_).concerning(Question(source, (kind,), gone)))
    concerned = [one for one in all_ if reason(one) in ("matched", "filter_error")]
    assert [one for one in found if reason(one) in ("matched", "filter_error")] == concerned


@pytest.mark.parametrize(
    ("sources", "event_types", "keys"),
    [
        ((), (), [("all", "")]),
        (("hub",), (), [("source", "hub")]),
        (("hub",), ("push", "pull"), [("type", "push"), ("type", "pull")]),
        ((), ("invoice.*",), [("prefix", "invoice.")]),
        ((), ("invoice.pa*",), [("prefix", "invoice.")]),
        ((), ("invoice_pa*",), [("prefix", "invoice_")]),
        ((), ("invoice:pa*",), [("prefix", "invoice:")]),
        ((), ("inv?ice.paid",), [("all", "")]),
        (("hub", "shop"), ("push", "*"), [("source", "hub"), ("source", "shop")]),
        ((), ("repo/a-[bc]",), [("prefix", "repo/a-")]),
    ],
)
def test_a_subscription_is_filed_under_the_most_selective_thing_it_says(
    sources: tuple[str, ...], event_types: tuple[str, ...], keys: list[tuple[str, str]]
) -> None:
    assert keys_of(Interest("s", True, sources, event_types, None)) == keys


@pytest.mark.parametrize(
    ("expression", "equality"),
    [
        ("body.account.id == 'acct_1'", (("body", "account", "id"), "acct_1")),
        ("body.a=='x' && contains(body.b, 'y')", (("body", "a"), "x")),
        ("body.a == 'a|b'", (("body", "a"), "a|b")),
        ("body.a == 'x' || body.b", None),
        ("body.a == 'x' && (body.b || body.c)", None),
        ("body.a == 'x' | @", None),
        ("!body.a == 'x'", None),
        ("body.a == `1`", None),
        ("body.a == 'it\\'s'", None),
        ("body.a[0] == 'x'", None),
        ("body == 'x'", None),
        ("body.a == 'x' == 'y'", None),
        (None, None),
    ],
)
def test_the_field_that_a_filter_begins_with_is_known_where_nothing_else_can_make_it_true(
    expression: str | None, equality: object
) -> None:
    assert equality_of(expression) == equality


def test_of_500_with_an_account_each_one_is_asked() -> None:
    all_ = [Interest(f"s{n}", True, (), (), f"body.account == 'a{n}' && body.b") for n in range(500)]
    found = Filed(all_).concerning(Question("hub", ("push",), lambda path: "a7"))
    assert [one.subscription_id for one in found] == ["s7"]


def test_the_body_is_not_looked_at_for_those_of_other_types() -> None:
    def looked_at(path: object) -> str | None:
        raise AssertionError("the body was looked at")

    others = [Interest("s", True, (), ("invoice.*",), "body.a == 'x'")]
    assert list(Filed(others).concerning(Question("hub", ("push",), looked_at))) == []
