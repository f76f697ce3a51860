"""Refused requests while time goes by: the newest, the last page, the same ring however late it is let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.errors import Refusal, SecretMissing
from tests.support.builders import a_source
from tests.unit.usecases.refusing import SECRET, Desk

WHO = "arn:aws:iam::123456789012:user/ada"


def test_accepted_again_an_hour_later_it_is_still_the_same_ring_to_fan_out() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("the provider's own"))
    desk.secrets.values["ssm:/s"] = "the provider's own"
    for _ in range(2):
        desk.clock.advance(3600)
        desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    one, other = [event for event, _ in desk.queue.sent]
    assert (one.ingest_id, one.event_id) == (other.ingest_id, other.event_id)


def test_what_the_checks_refuse_is_a_conflict_of_the_operators_whatever_the_provider_is_told() -> None:
    desk = Desk()
    kept = desk.refuse(desk.signed("a stranger's"))
    with pytest.raises(Refusal) as caught:
        desk.requests.accept(desk.source_id, kept.refused_id, WHO)
    assert (kept.status, caught.value.status, caught.value.code) == (401, 409, "signature_mismatch")


def test_without_an_id_the_newest_is_explained() -> None:
    desk = Desk()
    ids = []
    for _ in range(3):
        desk.clock.advance(1)
        ids.append(desk.refuse(desk.signed("another")).refused_id)
    assert desk.requests.explain(desk.source_id).refused.refused_id == ids[-1]


def test_a_page_that_ends_with_the_last_one_is_the_last() -> None:
    desk = Desk()
    for _ in range(4):
        desk.clock.advance(1)
        desk.refuse(desk.signed("another"))
    first = desk.requests.page(desk.source_id, None, 2)
    last = desk.requests.page(desk.source_id, first.after, 2)
    assert (len(first.rows), len(last.rows), last.after) == (2, 2, None)
    whole = desk.requests.page(desk.source_id, None, 4)
    assert (whole.rows, whole.after) == ((*first.rows, *last.rows), None)


def test_what_is_kept_is_masked_by_the_source_s_own_secrets_which_open_for_the_source_alone() -> None:
    """A ciphertext is tied to the item that it was made for."""
    source, owners = a_source(secrets=("kms:one", "kms:gone", "kms:two")), list[Mapping[str, str]]()
    desk = Desk(source)

    class Tied:
        def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
            owners.append(owner)
            if references == ["kms:gone"]:
                raise SecretMissing("kms:gone", "not there")
            return (f"{SECRET} {references[0]}",)

    seen: list[Any] = []
    keep: Any = desk.keep

    def masking(source: Any, request: Any, secrets: Sequence[str]) -> Any:
        seen.append(list(secrets))
        return request, ()

    request = replace(desk.signed(), came_at=desk.clock.now)
    replace(keep, masking=masking)(source, request, Refusal(401, "signature_mismatch", "no"), Tied())
    assert owners == [{"source_id": desk.source_id}] * 3
    assert seen == [[f"{SECRET} kms:one", f"{SECRET} kms:two"]], "the others are looked for all the same"
