"""A permission that is missing is told at the first failure: to who is on call, and to the subscription's
owner; and a role that cannot be had uses up no more than one attempt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.deliveries import State
from doorbell.domain.outbound import ROLE, TARGET, Outcome
from doorbell.domain.retry import RetryPolicy
from doorbell.runtime.metrics import TROUBLES
from tests.support.builders import TENANT, a_subscription
from tests.support.fakes import answered
from tests.unit.usecases.world import World, answering

PROBLEM = "AccessDenied: the dispatcher may not assume arn:aws:iam::210987654321:role/theirs"
ENDPOINT = f"{TENANT}/sub_1"


def denied(what: str, *, is_told: bool = False) -> Outcome:
    return replace(answered(403), detail=PROBLEM, denied=what, is_told=is_told)


def sent(w: World, count: int = 1, **fields: object) -> None:
    for number in range(count):
        w.deliver(w.with_pending(a_subscription(**fields), event_id=f"evt_{number}"))  # type: ignore[arg-type]


def troubles(w: World) -> list[dict[str, object]]:
    return [
        fields for level, message, fields in w.log.lines if (level, message) == ("error", "target_denied")
    ]


@pytest.mark.parametrize("what", [ROLE, TARGET])
def test_the_first_failure_wakes_somebody_and_tells_the_owner_what_is_missing(what: str) -> None:
    w = answering(denied(what))
    sent(w)
    assert w.metrics.counts["TargetDenied"] == 1
    assert "TargetDenied" in TROUBLES
    assert troubles(w) == [{"subscription": ENDPOINT, "problem": PROBLEM}]
    assert ("target.denied", {"endpoint": ENDPOINT, "problem": PROBLEM}) in w.notices.published


def test_an_answer_of_403_that_aws_did_not_give_is_the_subscriber_s_own_affair() -> None:
    w = answering(answered(403))
    sent(w)
    assert "TargetDenied" not in w.metrics.counts
    assert w.notices.kinds == []


def test_each_failure_is_a_trouble_and_an_outage_is_one_notice() -> None:
    w = answering(denied(TARGET), denied(TARGET), denied(TARGET))
    sent(w, 3)
    assert w.metrics.counts["TargetDenied"] == len(troubles(w)) == 3
    assert w.notices.kinds == ["target.denied"]


def test_what_the_breaker_is_to_ignore_is_no_outage_and_a_trouble_all_the_same() -> None:
    w = answering(denied(TARGET), denied(TARGET))
    sent(w, 2, retry=RetryPolicy(breaker_ignores=("403",)))
    assert w.metrics.counts["TargetDenied"] == len(troubles(w)) == 2
    assert w.notices.kinds == []


def test_what_another_of_its_call_has_told_is_not_told_again() -> None:
    w = answering(denied(TARGET), denied(TARGET, is_told=True))
    sent(w, 2)
    assert w.metrics.counts["TargetDenied"] == len(troubles(w)) == 1


def test_a_role_that_cannot_be_had_parks_at_once_and_the_notice_says_why() -> None:
    w = answering(denied(ROLE))
    sent(w, 3)
    assert len(w.sender.sent) == 1
    (told,) = [detail for kind, detail in w.notices.published if kind == "endpoint.parked"]
    assert (told["cause"], told["problem"]) == ("403", PROBLEM)


def test_a_target_that_denies_one_event_may_take_the_next() -> None:
    w = answering(denied(TARGET), answered(200))
    sent(w, 2)
    assert len(w.sender.sent) == 2


@pytest.mark.parametrize(
    "rules", [{"give_up_on": ("4xx",)}, {"only_on": ("5xx",)}, {"breaker_ignores": ("403",)}]
)
def test_a_role_that_cannot_be_had_is_no_answer_to_which_a_subscription_s_rules_apply(
    rules: dict[str, tuple[str, ...]],
) -> None:
    w = answering(denied(ROLE))
    message = w.with_pending(a_subscription(retry=RetryPolicy(**rules)))  # type: ignore[arg-type]
    w.deliver(message)
    assert w.delivery(message).state is State.PENDING
    assert w.notices.kinds.count("endpoint.parked") == 1
