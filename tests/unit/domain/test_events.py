"""Proof, event ids and delivery keys. Guarantee 1 begins here: nobody but the verifier makes an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doorbell.domain.deliveries import DeliveryKey, State
from doorbell.domain.events import Proof, VerifiedEvent, event_id_for, nth_event_id
from tests.support.builders import a_verified_event

parts = st.text(max_size=12)
triples = st.tuples(parts, parts, parts)


def test_guarantee_1_nobody_can_construct_a_proof() -> None:
    with pytest.raises(TypeError, match="verifier"):
        Proof()


@pytest.mark.parametrize("proof", [None, "proof", object(), {"by": "me"}, True])
def test_guarantee_1_no_event_without_proof_can_be_constructed(proof: object) -> None:
    with pytest.raises(TypeError, match="Proof"):
        replace(a_verified_event(), proof=cast(Any, proof))


def test_guarantee_1_a_look_alike_is_not_a_proof() -> None:
    class Forged(Proof):
        def __init__(self) -> None:
            self.by = "me"

    with pytest.raises(TypeError, match="Proof"):
        replace(a_verified_event(), proof=Forged())


def test_an_event_made_by_the_verifier_says_who_vouched_for_it() -> None:
    event = a_verified_event()
    assert isinstance(event, VerifiedEvent)
    assert event.proof.by.startswith("iam:arn:aws:iam::")


@given(triples, triples)
def test_event_ids_of_different_triples_differ(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assume(one != other)
    assert event_id_for(*one) != event_id_for(*other)


@given(triples, st.data())
def test_event_ids_do_not_collide_when_text_moves_between_the_parts(
    triple: tuple[str, str, str], data: st.DataObject
) -> None:
    joined = "".join(triple)
    cuts = sorted(data.draw(st.tuples(*[st.integers(0, len(joined))] * 2)))
    other = joined[: cuts[0]], joined[cuts[0] : cuts[1]], joined[cuts[1] :]
    assume(other != triple)
    assert event_id_for(*other) != event_id_for(*triple)


@pytest.mark.parametrize("other", [("a", "b1:c", ""), ("a1:b", "", "c"), ("", "a1:b1:", "c")])
def test_event_ids_do_not_collide_by_spelling_the_length_prefix(other: tuple[str, str, str]) -> None:
    assert event_id_for("a", "b", "c") != event_id_for(*other)


@given(triples)
def test_an_event_id_is_a_fixed_length_of_safe_characters_and_always_the_same(
    triple: tuple[str, str, str],
) -> None:
    event_id = event_id_for(*triple)
    assert event_id == event_id_for(*triple)
    assert event_id.startswith("evt_")
    assert len(event_id) == 36
    assert set(event_id[4:]) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_a_lone_surrogate_in_a_key_has_an_id_too() -> None:
    assert event_id_for("t", "s", "\ud800") != event_id_for("t", "s", "\ud801")


def test_the_first_use_of_a_dedupe_key_is_the_event_itself() -> None:
    assert nth_event_id("evt_x", 0) == "evt_x"
    assert len({nth_event_id("evt_x", n) for n in range(20)}) == 20


@given(st.text(max_size=40), st.text(max_size=40), st.integers(1, 100))
def test_a_due_shard_is_two_digits_within_the_number_of_shards(event: str, sub: str, shards: int) -> None:
    shard = DeliveryKey(event, sub).due_shard(shards)
    assert len(shard) == 2
    assert 0 <= int(shard) < shards


def test_due_shards_spread_evenly() -> None:
    shards = [int(DeliveryKey(event_id_for("t", "s", str(n)), "sub").due_shard(32)) for n in range(3200)]
    counts = [shards.count(n) for n in range(32)]
    assert min(counts) > 50
    assert max(counts) < 200


def test_pending_is_the_one_state_that_is_not_terminal() -> None:
    assert [state for state in State if not state.terminal] == [State.PENDING]
