"""ARNs of targets, and who may send where."""

import pytest

from doorbell.domain.targets import FUNCTIONS, Arn, TargetPolicy, matches, parse

HERE = "eu-central-1:123456789012"


@pytest.mark.parametrize(
    "text",
    [
        f"arn:aws:sqs:{HERE}:orders",
        f"arn:aws:sqs:{HERE}:orders.fifo",
        f"arn:aws:sns:{HERE}:orders.fifo",
        f"arn:aws:events:{HERE}:event-bus/default",
        f"arn:aws:lambda:{HERE}:function:books",
        f"arn:aws:lambda:{HERE}:function:books:live",
        "arn:aws-cn:sqs:cn-north-1:123456789012:orders",
        "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:orders",
    ],
)
def test_the_arn_of_a_target_is_taken_apart(text: str) -> None:
    found = parse(text)
    assert isinstance(found, Arn)
    parts = ("arn", found.partition, found.service, found.region, found.account, found.resource)
    assert ":".join(parts) == found.text == text
    assert found.is_fifo is text.endswith(".fifo")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("orders", "not an ARN"),
        ("https://example.com", "not an ARN"),
        ("arn:aws:sqs:eu-central-1:1234:orders", "not an ARN"),
        ("arn:aws:sqs::123456789012:orders", "not an ARN"),
        (f"arn:aws:sqs:{HERE}:orders\n", "not an ARN"),
        (f"arn:aws:kinesis:{HERE}:stream/orders", "cannot send to kinesis"),
        (f"arn:aws:sqs:{HERE}:orders/more", "not the ARN of a target"),
        (f"arn:aws:sqs:{HERE}:" + "x" * 81, "not the ARN of a target"),
        (f"arn:aws:sns:{HERE}:orders:0b7a1c", "not the ARN of a target"),
        (f"arn:aws:events:{HERE}:rule/orders", "not the ARN of a target"),
        (f"arn:aws:lambda:{HERE}:layer:books", "not the ARN of a target"),
    ],
)
def test_what_is_none_says_why(text: str, why: str) -> None:
    found = parse(text)
    assert isinstance(found, str)
    assert why in found


def test_patterns_are_those_of_iam() -> None:
    assert matches("arn:aws:sqs:*:*:orders-?", "arn:aws:sqs:eu:1:orders-7")
    assert not matches("arn:aws:sqs:*:*:orders-?", "arn:aws:sqs:eu:1:orders-77")
    assert not matches("a.c", "abc")


POLICY = TargetPolicy(
    arns=("arn:aws:*",), tenants=("acme",), own_queues=(f"arn:*:sqs:{HERE}:mine",), stack="gate"
)
OWN = [f"arn:aws:sqs:{HERE}:mine", *(f"arn:aws:lambda:{HERE}:function:gate-{name}" for name in FUNCTIONS)]


@pytest.mark.parametrize("arn", [*OWN, f"{OWN[-1]}:live"])
def test_no_part_of_doorbell_may_be_sent_to(arn: str) -> None:
    assert POLICY.problem_with(arn, "acme") == "it is a part of Doorbell itself"


def test_a_tenant_that_is_not_named_may_send_to_none() -> None:
    orders = f"arn:aws:sqs:{HERE}:orders"
    assert POLICY.problem_with(orders, "acme") is None
    for other in ("acme.x", "acm", "", "*"):
        assert "TargetTenants" in str(POLICY.problem_with(orders, other))
