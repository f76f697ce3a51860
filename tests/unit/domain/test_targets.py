"""ARNs of targets, and who may send where."""

import pytest

from doorbell.domain.targets import FUNCTIONS, Arn, TargetPolicy, external_id, is_role, matches, parse

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
        f"arn:aws:states:{HERE}:stateMachine:books",
        f"arn:aws:states:{HERE}:stateMachine:books:live",
        f"arn:aws:states:{HERE}:stateMachine:books.v2+old=@!(1)'s",
        f"arn:aws:kinesis:{HERE}:stream/orders",
        f"arn:aws:firehose:{HERE}:deliverystream/orders",
        "arn:aws:s3:::a-bucket/",
        "arn:aws:s3:::a-bucket/shop/v=1/",
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
        ("arn:aws:sqs:eu-central:123456789012:orders", "not an ARN"),
        ("arn:aws:sqs:eu-central-1a:123456789012:orders", "not an ARN"),
        ("arn:aws:sqs:-:123456789012:orders", "not an ARN"),
        ("arn:aws:sqs:*:123456789012:orders", "not an ARN"),
        ("arn:aws:SQS:eu-central-1:123456789012:orders", "not an ARN"),
        ("ARN:aws:sqs:eu-central-1:123456789012:orders", "not an ARN"),
        ("arn:aws:sqs:eu-central-1:123456789012:", "not an ARN"),
        (f"arn:aws:sqs:{HERE}:orders:", "not the ARN of a target"),
        (f"arn:aws:sqs:{HERE}:orders*", "not the ARN of a target"),
        (f"arn:aws:sqs:{HERE}:orders.FIFO", "not the ARN of a target"),
        (f"arn:aws:sqs:{HERE}:orders.fifo.fifo", "not the ARN of a target"),
        (f"arn:aws:sqs:{HERE}:" + "x" * 76 + ".fifo", "not the ARN of a target"),
        (f"arn:aws:lambda:{HERE}:function:books:", "not the ARN of a target"),
        (f"arn:aws:lambda:{HERE}:books", "not the ARN of a target"),
        (f"arn:aws:sqs:{HERE}:orders\n", "not an ARN"),
        (f"arn:aws:dynamodb:{HERE}:table/orders", "cannot send to dynamodb"),
        (f"arn:aws:states:{HERE}:express:books", "not the ARN of a target"),
        (f"arn:aws:states:{HERE}:stateMachine:books/map", "not the ARN of a target"),
        (f"arn:aws:kinesis:{HERE}:stream/orders/consumer/x", "not the ARN of a target"),
        (f"arn:aws:firehose:{HERE}:stream/orders", "not the ARN of a target"),
        ("arn:aws:s3:::a-bucket", "ends with a slash"),
        ("arn:aws:s3:::a-bucket/shop", "ends with a slash"),
        ("arn:aws:s3:::a-bucket/../other/", "not the ARN of a target"),
        ("arn:aws:s3:::a-bucket//", "not the ARN of a target"),
        ("arn:aws:s3:::a-bucket/*/", "not the ARN of a target"),
        (f"arn:aws:s3:{HERE}:accesspoint/mine/", "not the ARN of a target"),
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
    arns=("arn:aws:*",),
    tenants=("acme",),
    own=(f"arn:*:sqs:{HERE}:mine", "arn:*:s3:::bodies/*"),
    stack="gate",
)
OWN = [
    "arn:aws:s3:::bodies/",
    "arn:aws:s3:::bodies/acme/",
    f"arn:aws:sqs:{HERE}:mine",
    *(f"arn:aws:lambda:{HERE}:function:gate-{name}" for name in FUNCTIONS),
]


@pytest.mark.parametrize("arn", [*OWN, f"{OWN[-1]}:live"])
def test_no_part_of_doorbell_may_be_sent_to(arn: str) -> None:
    assert POLICY.problem_with(arn, "acme") == "it is a part of Doorbell itself"


def test_a_tenant_that_is_not_named_may_send_to_none() -> None:
    orders = f"arn:aws:sqs:{HERE}:orders"
    assert POLICY.problem_with(orders, "acme") is None
    for other in ("acme.x", "acm", "", "*"):
        assert "TargetTenants" in str(POLICY.problem_with(orders, other))


def test_a_prefix_is_allowed_where_what_is_written_below_it_is() -> None:
    policy = TargetPolicy(arns=("arn:aws:s3:::a-bucket/shop/*",), tenants=("acme",))
    assert policy.problem_with("arn:aws:s3:::a-bucket/shop/", "acme") is None
    assert policy.problem_with("arn:aws:s3:::a-bucket/shop/more/", "acme") is None
    for other in ("arn:aws:s3:::a-bucket/", "arn:aws:s3:::a-bucket/shops/", "arn:aws:s3:::b-bucket/shop/"):
        assert "TargetArns" in str(policy.problem_with(other, "acme"))
    exact = TargetPolicy(arns=("arn:aws:s3:::a-bucket/shop/",), tenants=("acme",))
    assert "TargetArns" in str(exact.problem_with("arn:aws:s3:::a-bucket/shop/", "acme"))


ROLE = "arn:aws:iam::210987654321:role/doorbell-acme"
WITH_ROLES = TargetPolicy(
    own=(f"arn:aws:sqs:{HERE}:mine",), stack="gate", roles=("arn:aws:iam::210987654321:role/doorbell-*",)
)
ORDERS = f"arn:aws:sqs:{HERE}:orders"


def test_a_role_sends_where_neither_the_target_nor_the_tenant_is_named() -> None:
    assert WITH_ROLES.problem_with(ORDERS, "anybody", role_arn=ROLE) is None
    assert "TargetArns" in str(WITH_ROLES.problem_with(ORDERS, "anybody"))


@pytest.mark.parametrize("role", [ROLE.replace("doorbell", "admin"), ROLE.replace("2109", "2108")])
def test_a_role_that_is_not_named_is_refused(role: str) -> None:
    assert "TargetRoleArns" in str(WITH_ROLES.problem_with(ORDERS, "anybody", role_arn=role))
    assert "TargetRoleArns" in str(POLICY.problem_with(ORDERS, "acme", role_arn=ROLE)), "by default none is"


def test_doorbell_s_own_parts_are_refused_with_a_role_too() -> None:
    assert "Doorbell itself" in str(WITH_ROLES.problem_with(OWN[2], "anybody", role_arn=ROLE))


def test_a_firehose_stream_is_of_the_account_that_calls() -> None:
    """It is called by its name alone: elsewhere another one of that name would get it."""
    here = f"arn:aws:firehose:{HERE}:deliverystream/orders"
    there = here.replace("123456789012", "210987654321")
    assert POLICY.problem_with(here, "acme") is None
    assert "another account" in str(POLICY.problem_with(there, "acme"))
    assert WITH_ROLES.problem_with(there, "acme", role_arn=ROLE) is None
    assert "another account" in str(WITH_ROLES.problem_with(here, "acme", role_arn=ROLE))


@pytest.mark.parametrize(
    "region",
    [
        "us-gov-east-1",
        "us-iso-east-1",
        "eu-isoe-west-1",
        "eusc-de-east-1",
        "ap-southeast-7",
        "cn-northwest-1",
    ],
)
def test_every_form_of_a_region_s_name_is_one(region: str) -> None:
    assert isinstance(parse(f"arn:aws:sqs:{region}:123456789012:orders"), Arn)


def test_a_target_of_another_partition_is_refused_since_no_credentials_count_there() -> None:
    """https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html"""
    policy = TargetPolicy(("*",), ("acme",), (f"arn:aws:sqs:{HERE}:mine",), "gate", ("*",))
    china = "arn:aws-cn:sqs:cn-north-1:123456789012:orders"
    assert policy.problem_with(ORDERS, "acme") is None
    assert "no way to aws-cn" in str(policy.problem_with(china, "acme"))
    assert "no way to aws-cn" in str(policy.problem_with(china, "acme", role_arn=ROLE))
    assert POLICY.problem_with(ORDERS, "acme") is None, "whose own is not known judges nothing"
    there = TargetPolicy(roles=("*",))
    assert "another partition" in str(there.problem_with(china, "acme", role_arn=ROLE))


def test_no_two_subscriptions_have_one_external_id() -> None:
    names = [("gate", "acme", "a"), ("gate", "acme", "b"), ("gate", "acm", "e.a"), ("gates", "acme", "a")]
    assert external_id(*names[0]) == "doorbell/gate/acme/a"
    assert len({external_id(*one) for one in names}) == len(names)


def test_what_is_no_role_is_none() -> None:
    assert is_role(ROLE)
    assert is_role("arn:aws:iam::210987654321:role/teams/books/doorbell")
    for text in (ORDERS, ROLE.replace(":role/", ":user/"), ROLE + "/", ROLE + " ", ROLE.replace("2109", "")):
        assert not is_role(text)
