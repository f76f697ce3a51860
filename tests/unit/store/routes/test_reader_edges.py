"""The routing index while subscriptions move, and where an event has very many types."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.errors import Unavailable
from doorbell.domain.filing import Question
from doorbell.domain.routes import LEAVING_SECONDS, Manifest, moved
from doorbell.domain.subscriptions import Interest
from doorbell.store.routes.filing import RouteFile
from doorbell.store.routes.reader import CACHE_SECONDS, RouteReader
from tests.support.fakes import START, FakeClock
from tests.unit.store.routes.test_reader import World

MOST_OF_A_LIST = 50
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html"""


def asks(*types: str) -> Question:
    return Question("hub", types, lambda path: None)


def test_who_moves_is_found_as_it_is_now_for_a_while_at_both_places_and_then_at_the_new_one() -> None:
    """DynamoDB removes what has expired hours later: until then it is read, and is gone all the same."""
    world = World()
    world.put("acme", "s", {"event_types": ["push"]})
    world.put("acme", "s", {"event_types": ["p.x"], "sources": ["hub"]})
    world.certified()
    for types in (("push",), ("p.x",), ("push", "p.x"), ("p.x", "push")):
        found = world.reader.concerning("acme", asks(*types))
        assert found is not None
        assert [(one.event_types, one.sources) for one in found] == [(("p.x",), ("hub",))]
    world.clock.advance(LEAVING_SECONDS + CACHE_SECONDS + 1)
    world.certified()
    assert world.found("acme", asks("push")) == []
    assert world.found("acme", asks("p.x")) == ["s"]


@pytest.mark.parametrize("types", [("push", "p.x"), ("p.x", "push")])
def test_of_what_two_reads_show_of_one_subscription_the_newest_is_what_it_wants(
    types: tuple[str, ...],
) -> None:
    """A read of several places is no snapshot: it may come to one before a move and to another after it."""
    world = World()
    world.put("acme", "s", {"event_types": ["push"]})
    before = world.tables.items["routes"]["acme#type#push", "s"]
    world.put("acme", "s", {"event_types": ["p.x"]})
    world.tables.items["routes"]["acme#type#push", "s"] = before
    world.certified()
    found = world.reader.concerning("acme", asks(*types))
    assert found is not None
    assert [one.event_types for one in found] == [("p.x",)]


def test_no_question_names_more_keys_than_dynamodb_takes() -> None:
    sizes = list[int]()

    class Counting:
        def execute_statement(self, *, Statement: str, Parameters: list[Any]) -> dict[str, Any]:
            assert Statement.count("?") == len(Parameters)
            sizes.append(len(Parameters))
            return {"Items": []}

    reader = RouteReader(Counting(), "routes", FakeClock(), lambda cause: None)
    reader.concerning("acme", asks(*(f"t{number}" for number in range(80))))
    assert sum(sizes) > MOST_OF_A_LIST
    assert max(sizes) <= MOST_OF_A_LIST


@pytest.mark.parametrize(
    ("reasons", "is_lost"),
    [
        (["ConditionalCheckFailed", "None"], True),
        (["None", "TransactionConflict"], True),
        (["ConditionalCheckFailed", "ThrottlingError"], False),
        (["None", "ValidationError"], False),
    ],
)
def test_only_a_race_is_told_as_a_race_and_all_else_that_cancels_a_transaction_is_a_failure(
    reasons: list[str], is_lost: bool
) -> None:
    class Cancelling:
        def transact_write_items(self, **call: Any) -> None:
            told = {"CancellationReasons": [{"Code": reason} for reason in reasons]}
            error: Any = {"Error": {"Code": "TransactionCanceledException", "Message": "no"}, **told}
            raise ClientError(error, "TransactWriteItems")

    before, wants = Manifest(), Interest("s", True, (), ("push",), None)
    call = (("acme", "s"), before, moved(before, "d", ("type#push",), START), wants, None, START)
    if is_lost:
        assert RouteFile(Cancelling(), "routes").write(*call) is False
        return
    with pytest.raises(Unavailable):
        RouteFile(Cancelling(), "routes").write(*call)


def test_a_subscription_that_never_was_is_not_filed_anew_by_who_looks_for_it() -> None:
    world = World()
    assert world.file("acme", "nobody") is False
    world.put("acme", "s", {"event_types": ["push"]})
    assert world.file("acme", "s") is False, "it is on file as it is"
