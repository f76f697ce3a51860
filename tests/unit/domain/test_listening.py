"""Listeners: whose queue is whose, and when somebody looks."""

import pytest

from doorbell.domain.listening import AWAY_SECONDS, is_listeners, is_time_to_look, queue_name
from doorbell.domain.targets import TargetPolicy, parse

HERE = "eu-central-1:123456789012"
LONGEST_STACK = "s" * (64 - len("-dispatcher"))


def test_a_queue_s_name_is_that_of_one_subscription_and_fits() -> None:
    name = queue_name(LONGEST_STACK, "t" * 64, "s" * 64)
    assert name.startswith(f"{LONGEST_STACK}-listen-")
    assert not isinstance(parse(f"arn:aws:sqs:{HERE}:{name}"), str)
    others = {queue_name("gate", *key) for key in (("a", "b"), ("b", "a"), ("a", "bb"), ("a.b", "b"))}
    assert len(others) == 4


def test_a_listener_s_queue_is_for_its_own_subscription_whatever_the_parameters_say() -> None:
    arn = f"arn:aws:sqs:{HERE}:{queue_name('gate', 'acme', 'laptop')}"
    for policy in (TargetPolicy(stack="gate"), TargetPolicy(("arn:*",), ("acme", "other"), (), "gate")):
        assert policy.problem_with(arn, "acme", "laptop") is None
        for tenant, subscription in (("other", "laptop"), ("acme", "other"), ("acme", "")):
            assert "each its own" in str(policy.problem_with(arn, tenant, subscription))
        with_role = policy.problem_with(arn, "acme", "laptop", "arn:aws:iam::1:role/x")
        assert "each its own" in str(with_role)


def test_a_queue_of_another_stack_s_listener_is_like_any_other_queue() -> None:
    arn = f"arn:aws:sqs:{HERE}:{queue_name('house', 'acme', 'laptop')}"
    assert "TargetArns" in str(TargetPolicy(stack="gate").problem_with(arn, "acme", "laptop"))
    assert not is_listeners("", queue_name("", "acme", "laptop"))
    assert is_listeners("gate", queue_name("gate", "acme", "laptop"))


@pytest.mark.parametrize(
    "name",
    [
        queue_name("gate-listen-b", "acme", "laptop"),
        "gate-listen-b-EventsQueue-1ABCDEFGHIJK",
        f"{queue_name('gate', 'acme', 'laptop')}.fifo",
        "gate-listen-",
    ],
)
def test_a_queue_of_a_stack_whose_name_begins_like_a_listener_s_is_none_of_it(name: str) -> None:
    assert not is_listeners("gate", name)
    arn = f"arn:aws:sqs:{HERE}:{name}"
    assert "TargetArns" in str(TargetPolicy(stack="gate").problem_with(arn, "acme", "laptop"))


@pytest.mark.parametrize(("minute", "looks"), [(0, True), (1, False), (59, False), (60, True)])
def test_somebody_looks_once_an_hour(minute: int, looks: bool) -> None:
    assert is_time_to_look(minute * 60 + 7) is looks
    assert AWAY_SECONDS == 24 * 3600
