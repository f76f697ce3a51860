"""What is shown on call fits terminals of 80 and 120 columns, and no id is folded."""

import time

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_status import parked, pending

EVENT = "evt_6nyk2ukijv7l5c3ozq4rdx2e5m"
OTHER = "evt_q4rdx2e5m6nyk2ukijv7l5c3oz"
TENANT = ("--tenant", "acme")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "command",
    [
        ("status", "acme/billing"),
        ("status", *TENANT),
        ("deliveries", "list", *TENANT, "--state", "failing"),
        ("deliveries", "list", *TENANT, "--state", "waiting"),
        ("deliveries", "list", *TENANT, "--state", "exhausted"),
        ("deliveries", "list", *TENANT, "--state", "delivered"),
    ],
)
def test_it_fits_the_terminal_and_folds_no_id(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], width: int
) -> None:
    now = time.time()
    doorbell.subscribe("a-subscription-with-a-long-name")
    for event_id in (EVENT, OTHER):
        pending(doorbell, 1, failures=3, event_id=event_id)
        pending(doorbell, 1, failures=1, event_id=event_id, to="a-subscription-with-a-long-name")
    parked(doorbell, 600)
    for number, state in enumerate(("exhausted", "exhausted", "delivered", "delivered")):
        key = DeliveryKey(doorbell.event(number, to="none"), "billing")
        new = Delivery(key, "acme", State.PENDING, now, now, now + 900, int(now) + DAY)
        doorbell.deliver(new, state)
    monkeypatch.setattr("doorbell_cli.output._width", lambda: width)
    shown = doorbell.run(*command).stdout
    assert [line for line in shown.splitlines() if len(line) > width] == []
    words = {word.strip("()") for word in shown.split()}
    ids = {word for word in words if word.startswith("evt_")}
    assert ids or "a-subscription-with-a-long-name" in words
    assert all(word in {EVENT, OTHER, EVENT[:12], OTHER[:12]} or word.startswith("evt_acme_") for word in ids)
