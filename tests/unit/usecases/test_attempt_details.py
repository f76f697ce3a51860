"""Details of attempts: of those that are on record, for a while, and never in the way of the delivery."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.errors import Unavailable
from doorbell.domain.outbound import Outcome, Wire
from doorbell.payloads.signing_keys import signing_keys
from doorbell.usecases.attempt_details import KeepDetails
from tests.support import fakes
from tests.support.builders import a_delivery, a_subscription
from tests.support.fakes import START, failed
from tests.unit.usecases.world import World, answering

SEEN = Wire((("webhook-id", "evt_1"),), (), False, ("ssm:/k",), "192.0.2.1", False, 1, 2, 3, 4)
DAYS_7 = 7 * 86_400.0


@dataclass
class Store:
    broken: bool = False
    kept: list[AttemptDetails] = field(default_factory=list)

    def put(self, details: AttemptDetails) -> None:
        if self.broken:
            raise Unavailable("dynamodb", "UpdateItem", "ThrottlingException")
        self.kept.append(details)


def seen(outcome: Outcome) -> Outcome:
    return replace(outcome, wire=SEEN)


def test_a_failed_attempt_is_told_under_its_own_number_for_seven_days() -> None:
    store = Store()
    keep = KeepDetails(store, DAYS_7, fakes.RecordingLog())
    keep(a_delivery(), seen(failed()), START)
    (kept,) = store.kept
    assert (kept.number, kept.at, kept.expires_at) == (1, START, int(START + DAYS_7))
    assert (kept.wire, kept.tenant_id) == (SEEN, "acme")


def test_what_the_sender_does_not_tell_is_not_kept_and_nothing_outlives_its_delivery() -> None:
    store = Store()
    keep = KeepDetails(store, DAYS_7, fakes.RecordingLog())
    keep(a_delivery(), failed(), START)
    assert store.kept == []
    keep(a_delivery(expires_at=int(START) + 60), seen(failed()), START)
    assert store.kept[0].expires_at == int(START) + 60


def test_an_attempt_whose_details_cannot_be_kept_is_none_the_worse() -> None:
    log = fakes.RecordingLog()
    w = answering(seen(failed()))
    w.keep_details = KeepDetails(Store(broken=True), DAYS_7, log)
    message = w.with_pending(a_subscription())
    w.deliver(message)
    assert w.delivery(message).attempts_made == 1
    assert w.queue.sent == [(replace(message, attempt=2), 5)]
    assert log.messages() == ["details_not_kept"]


@pytest.mark.parametrize("recorded", [True, False])
def test_details_are_kept_of_an_attempt_that_is_on_record_and_of_no_other(recorded: bool) -> None:
    store, w = Store(), World(sender=fakes.FakeSender(seen(failed())))
    w.keep_details = KeepDetails(store, DAYS_7, w.log)
    message = w.with_pending(a_subscription())
    if recorded:
        w.deliver(message)
    else:
        w.deliveries.record = lambda *given: False  # type: ignore[method-assign]
        with pytest.raises(Unavailable):
            w.deliver(message)
    assert len(store.kept) == recorded


@pytest.mark.parametrize(
    ("signing", "names"),
    [
        ("standard", ("ssm:/doorbell/new", "secretsmanager:doorbell/old")),
        ("github", ("ssm:/doorbell/new",)),
        ("none", ()),
    ],
)
def test_the_keys_that_sign_are_named_in_order(signing: str, names: tuple[str, ...]) -> None:
    secrets = ("ssm:/doorbell/new", "secretsmanager:doorbell/old")
    assert signing_keys(a_subscription(signing=signing, secrets=secrets)) == names


def test_of_a_ciphertext_a_digest_is_named() -> None:
    (name,) = signing_keys(a_subscription(signing="github", secrets=("kms:" + "QUJD" * 60,)))
    assert name.startswith("kms:sha256:")
    assert len(name) == len("kms:sha256:") + 12
