"""Targets: the dispatcher may send to what the parameters name, and to nothing else beside URLs."""

import pytest

from doorbell.domain.large import prefix_of
from doorbell.domain.listening import queue_name
from doorbell.domain.targets import FUNCTIONS as OWN_FUNCTIONS
from doorbell.targets.batch_calls import BATCH_CALLS
from doorbell.targets.sender import SERVICES
from tests.template.permissions import may, statements_of
from tests.template.reading import FUNCTIONS, as_list
from tests.template.rendering import ACCOUNT, REGION, Rendered, rendered

HERE = f"{REGION}:{ACCOUNT}"
ARNS = {
    "sqs": f"arn:aws:sqs:{HERE}:orders",
    "sns": f"arn:aws:sns:{HERE}:orders",
    "events": f"arn:aws:events:{HERE}:event-bus/orders",
    "lambda": f"arn:aws:lambda:{HERE}:function:books",
    "states": f"arn:aws:states:{HERE}:stateMachine:books",
    "kinesis": f"arn:aws:kinesis:{HERE}:stream/orders",
    "firehose": f"arn:aws:firehose:{HERE}:deliverystream/orders",
    "s3": "arn:aws:s3:::a-bucket/orders/1",
}


def with_targets(*arns: str) -> Rendered:
    return rendered(TargetArns=",".join(arns))


def actions_of(service: str) -> set[str]:
    """For one delivery, and for several in a call."""
    together = [BATCH_CALLS[service].action] if service in BATCH_CALLS else []
    return {SERVICES[service].action, *together}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_what_a_service_is_asked_for_is_allowed_on_what_the_parameter_names_alone(service: str) -> None:
    arn, here = ARNS[service], with_targets(*ARNS.values())
    for action in actions_of(service):
        assert may(here, "DispatcherRole", action, arn)
        assert not may(here, "DispatcherRole", action, f"{arn}-more")
        assert not may(rendered(), "DispatcherRole", action, arn)
        assert may(with_targets(f"{arn[:-1]}?"), "DispatcherRole", action, arn)


def test_nothing_else_is_allowed_there() -> None:
    statements = statements_of(with_targets(ARNS["sqs"]), "DispatcherRole")
    (found,) = [one for one in statements if ARNS["sqs"] in as_list(one["Resource"])]
    assert {action.rstrip("*") for action in found["Action"]} == set().union(*map(actions_of, SERVICES))


@pytest.mark.parametrize("function", [name for name in FUNCTIONS if name != "dispatcher"])
def test_nobody_but_the_dispatcher_may_send_there(function: str) -> None:
    here, role = with_targets(*ARNS.values()), f"{function.capitalize()}Role"
    assert not any(may(here, role, action, arn) for name, arn in ARNS.items() for action in actions_of(name))


def test_listeners_queues_need_no_parameter_and_are_for_the_dispatcher_and_their_end_alone() -> None:
    here = rendered()
    arn = f"arn:aws:sqs:{HERE}:{queue_name('a-stack', 'acme', 'laptop')}"
    assert may(here, "DispatcherRole", "sqs:SendMessage", arn)
    for action in ("sqs:ReceiveMessage", "sqs:DeleteQueue", "sqs:SetQueueAttributes"):
        assert not may(here, "DispatcherRole", action, arn)
    assert may(here, "SweeperRole", "sqs:DeleteQueue", arn)
    for other in (
        f"arn:aws:sqs:{HERE}:another-listen-a",
        f"arn:aws:sqs:{REGION}:999999999999:a-stack-listen-a",
    ):
        assert not may(here, "DispatcherRole", "sqs:SendMessage", other)
        assert not may(here, "SweeperRole", "sqs:DeleteQueue", other)
    for function in FUNCTIONS:
        if function not in ("dispatcher", "sweeper"):
            role = f"{function.capitalize()}Role"
            assert not any(may(here, role, f"sqs:{one}", arn) for one in ("SendMessage", "DeleteQueue"))


def test_a_stack_has_no_rights_in_another_whose_name_begins_like_a_listener_s() -> None:
    """As CloudFormation names queues: the stack, the resource, and at least twelve characters."""
    here, other = rendered(), "a-stack-listen-b"
    made = [f"{other}-{name}-1ABCDEFGHIJK" for name in here.of_type("AWS::SQS::Queue")]
    for name in (*made, queue_name(other, "acme", "laptop")):
        arn = f"arn:aws:sqs:{HERE}:{name}"
        assert not may(here, "DispatcherRole", "sqs:SendMessage", arn), name
        assert not may(here, "SweeperRole", "sqs:DeleteQueue", arn), name


def test_what_is_too_large_is_kept_below_its_own_prefix_and_nowhere_else_in_the_bucket() -> None:
    here = rendered()
    (bucket,) = here.of_type("AWS::S3::Bucket")
    inside = f"arn:aws:s3:::{bucket}"
    assert may(here, "DispatcherRole", "s3:PutObject", f"{inside}/{prefix_of('acme')}books/evt_1/digest")
    for other in ("acme/ing_1", "!refused/acme/shop/1", "!large"):
        assert not may(here, "DispatcherRole", "s3:PutObject", f"{inside}/{other}")


def test_a_key_encrypts_for_a_target_only_if_it_bears_the_tag() -> None:
    key = f"arn:aws:kms:{HERE}:key/k"
    here = with_targets(ARNS["sqs"])
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        assert may(here, "DispatcherRole", action, key, aws_ResourceTag_doorbell="targets")
        assert not may(here, "DispatcherRole", action, key, aws_ResourceTag_doorbell="other")
        assert not may(rendered(), "DispatcherRole", action, key, aws_ResourceTag_doorbell="targets")


def test_doorbell_s_own_functions_are_those_of_the_template() -> None:
    names = rendered(Inbox="true").of_type("AWS::Lambda::Function").values()
    assert {one["FunctionName"] for one in names} == {f"a-stack-{name}" for name in OWN_FUNCTIONS}


def test_a_role_may_be_assumed_that_the_parameter_names_and_no_other() -> None:
    role = "arn:aws:iam::210987654321:role/doorbell-acme"
    here = rendered(TargetRoleArns="arn:aws:iam::210987654321:role/doorbell-*")
    assert may(here, "DispatcherRole", "sts:AssumeRole", role)
    assert not may(here, "DispatcherRole", "sts:AssumeRole", role.replace("doorbell", "admin"))
    assert not may(rendered(TargetArns="*"), "DispatcherRole", "sts:AssumeRole", role)
    for function in set(FUNCTIONS) - {"dispatcher"}:
        assert not may(here, f"{function.capitalize()}Role", "sts:AssumeRole", role)
