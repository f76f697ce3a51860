"""What AWS does for a function it may do: call it, write its log, take its messages, start its sweep."""

import pytest

from tests.template.permissions import applies, matches, may, trusts
from tests.template.reading import FUNCTIONS, target
from tests.template.reading import resources as as_written
from tests.template.rendering import ACCOUNT, REGION, rendered

HERE = rendered(PurgeJobs="true")
"""Who counts for a purge may do so where purges are jobs."""
MAPPINGS = HERE.of_type("AWS::Lambda::EventSourceMapping")
TAKE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""


def role_of(function: str) -> str:
    return target(as_written()[function]["Properties"]["Role"])


FUNCTION_IDS = [f"{name.capitalize()}Function" for name in FUNCTIONS]


@pytest.mark.parametrize("function", FUNCTION_IDS)
def test_lambda_may_take_a_functions_role_and_the_role_may_write_the_functions_log(function: str) -> None:
    role = role_of(function)
    group = HERE.resources[function]["Properties"]["LoggingConfig"]["LogGroup"]
    assert trusts(HERE, role, "lambda.amazonaws.com")
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        stream = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:2026/11/29/[$LATEST]1"
        assert may(HERE, role, action, stream)


HEAR = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
"""https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html"""


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_a_function_may_take_what_its_queue_or_stream_hands_it(name: str) -> None:
    mapping = MAPPINGS[name]
    is_stream = "/stream/" in mapping["EventSourceArn"]
    for action in [f"dynamodb:{one}" for one in HEAR] if is_stream else TAKE:
        assert may(HERE, role_of(mapping["FunctionName"]), action, mapping["EventSourceArn"])


def test_the_scheduler_may_start_what_it_is_to_start_and_keep_what_it_could_not() -> None:
    for schedule in HERE.of_type("AWS::Scheduler::Schedule").values():
        aim = schedule["Target"]
        role = aim["RoleArn"].rpartition("/")[2]
        assert trusts(HERE, role, "scheduler.amazonaws.com")
        assert may(HERE, role, "lambda:InvokeFunction", aim["Arn"])
        assert may(HERE, role, "sqs:SendMessage", aim["DeadLetterConfig"]["Arn"])
        (statement,) = HERE.resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_the_sweeper_may_write_canaries_and_nobody_s_subscription() -> None:
    """It may delete one: a listener's, which IAM cannot tell from others. The write has a condition."""
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/SubscriptionsTable"

    def may_write(*tenants: str) -> bool:
        keys = " ".join(tenants)
        return may(HERE, "SweeperRole", "dynamodb:BatchWriteItem", table, dynamodb_LeadingKeys=keys)

    assert may_write("!canary-0", "!canary-15")
    assert not may_write("!canary-0", "acme")
    assert may(HERE, "SweeperRole", "dynamodb:GetItem", table)
    for action in ("PutItem", "UpdateItem", "Query", "Scan"):
        assert not may(HERE, "SweeperRole", f"dynamodb:{action}", table)


def test_where_functions_are_traced_each_of_them_may_write_to_its_trace() -> None:
    for function in FUNCTION_IDS:
        for action in ("xray:PutTraceSegments", "xray:PutTelemetryRecords"):
            assert may(rendered(Tracing="Active"), role_of(function), action, "*")
            assert not may(HERE, role_of(function), action, "*")


def test_only_on_the_local_stack_may_a_batch_of_statements_be_sent_as_such() -> None:
    """AWS judges each of its statements, MiniStack the call."""
    local = rendered(AwsEndpointUrl="http://127.0.0.1:4566")
    for function in ("FanoutFunction", "DispatcherFunction", "SweeperFunction"):
        assert may(local, role_of(function), "dynamodb:BatchExecuteStatement", "*")
        assert not may(HERE, role_of(function), "dynamodb:BatchExecuteStatement", "*")


@pytest.mark.parametrize("queue", sorted(HERE.of_type("AWS::SQS::Queue")))
def test_nobody_may_use_a_queue_without_tls(queue: str) -> None:
    (policy,) = [
        p for p in HERE.of_type("AWS::SQS::QueuePolicy").values() if p["Queues"][0].endswith(f"/{queue}")
    ]
    (statement,) = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
    for action in ("sqs:SendMessage", "sqs:ReceiveMessage"):
        assert applies(statement, action, arn, {"aws_SecureTransport": "false"})
        assert not applies(statement, action, arn, {"aws_SecureTransport": "true"})


def test_wildcards_stand_for_what_they_stand_for_in_iam() -> None:
    assert matches("a:Send*", "a:SendMessage")
    assert matches("arn:x:table/T?", "arn:x:table/T1")
    assert not matches("arn:x:table/T", "arn:x:table/T/index/i")
    assert not matches("arn:x.table", "arn:x:table")


def test_the_sweeper_writes_incidents_and_no_endpoints_health() -> None:
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/EndpointsTable"
    for action in ("dynamodb:UpdateItem", "dynamodb:DeleteItem"):
        assert may(HERE, "SweeperRole", action, table, dynamodb_LeadingKeys="!notice/health/acme/ci")
        assert not may(HERE, "SweeperRole", action, table, dynamodb_LeadingKeys="acme/ci")


DEAD_LETTERS = sorted(name for name in HERE.of_type("AWS::SQS::Queue") if name.endswith("DeadLetterQueue"))
GIVEN_QUEUES = [
    (function, value.rpartition("/")[2])
    for function in FUNCTION_IDS
    for name, value in HERE.resources[function]["Properties"]["Environment"]["Variables"].items()
    if name.endswith("_QUEUE_URL")
]


@pytest.mark.parametrize(("function", "queue"), GIVEN_QUEUES)
def test_who_is_given_a_queue_may_send_to_it_or_count_it_where_it_is_of_dead_letters(
    function: str, queue: str
) -> None:
    action = "sqs:GetQueueAttributes" if queue in DEAD_LETTERS else "sqs:SendMessage"
    assert may(HERE, role_of(function), action, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")


@pytest.mark.parametrize("queue", DEAD_LETTERS)
def test_who_looks_at_the_console_may_count_every_kind_of_dead_letter(queue: str) -> None:
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
    assert may(HERE, "ConsoleReaderPolicy", "sqs:GetQueueAttributes", arn)
