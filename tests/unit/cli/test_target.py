"""Which Doorbell a command talks to, and how it ends when there is none or AWS says no."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
import typer
from botocore.exceptions import ClientError, EndpointConnectionError, NoRegionError

from doorbell.domain.errors import ConfigError, Refusal, SecretMissing, Unavailable
from doorbell.egress.guard import EgressPolicy
from doorbell_cli import target as targets
from doorbell_cli.commands.operations.check_stack import parameters
from doorbell_cli.output import Exit
from doorbell_cli.stack.record import Record
from doorbell_cli.target import EXPECTED, Target, TargetError, connected, said

LOCAL = "http://127.0.0.1:4566"
STACK = {
    "Outputs": [
        {"OutputKey": "ApiUrl", "OutputValue": "https://api.example.com/"},
        {"OutputKey": "EventsTableName", "OutputValue": "events-1"},
        {"OutputKey": "DeliveriesQueueUrl", "OutputValue": "https://sqs.example.com/1"},
        {"OutputKey": "IngestFunctionName", "OutputValue": "doorbell-ingest"},
    ],
    "Parameters": [{"ParameterKey": "GraceSeconds", "ParameterValue": "900"}],
    "CreationTime": datetime(2026, 11, 29, tzinfo=UTC),
}


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeStacks")


class Account:
    """An AWS account with a stack, or with an error for an answer. `asked`: the stacks and the endpoints."""

    region_name: str | None = "eu-central-1"

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked = error, list[tuple[str, str | None]]()

    def client(self, service: str, endpoint_url: str | None = None) -> Any:
        self.endpoint_url = endpoint_url
        return self

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        self.asked.append((StackName, self.endpoint_url))
        if self.error is not None:
            raise self.error
        return {"Stacks": [STACK]}


def ended(capsys: pytest.CaptureFixture[str], stack: str | None) -> tuple[int, str]:
    with pytest.raises(typer.Exit) as caught, connected(stack):
        pass
    return caught.value.exit_code, " ".join(capsys.readouterr().err.split())


def test_a_stack_that_is_named_is_looked_up_with_the_operators_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = Account()
    monkeypatch.setattr(targets, "of_environment", lambda: account)
    with connected("mine") as target:
        assert (target.name, target.local, target.api_url) == ("mine", False, "https://api.example.com")
        assert (target.table("Events"), target.queue_url("Deliveries")) == (
            "events-1",
            "https://sqs.example.com/1",
        )
        assert target.function_name("ingest") == "doorbell-ingest"
        assert target.parameters == {"GraceSeconds": "900"}
        assert target.created_at == datetime(2026, 11, 29, tzinfo=UTC).timestamp()
    assert account.asked == [("mine", None)]


@pytest.mark.parametrize(
    ("region", "where"), [("eu-central-1", "in eu-central-1"), (None, "in this account")]
)
def test_a_stack_that_is_not_there_is_wrong_use_and_told_with_where_it_was_looked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], region: str | None, where: str
) -> None:
    account = Account(refused("ValidationError"))
    account.region_name = region
    monkeypatch.setattr(targets, "of_environment", lambda: account)
    assert ended(capsys, "mine") == (Exit.USAGE, f"error: There is no stack mine {where}.")


def test_who_may_not_look_is_told_what_aws_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(targets, "of_environment", lambda: Account(refused("AccessDenied")))
    code, line = ended(capsys, "mine")
    assert (code, "AWS refused DescribeStacks: AccessDenied" in line) == (Exit.AWS, True)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "docs/operate.md has the policies"),
        ("ExpiredTokenException", "log in again"),
        ("ResourceNotFoundException", "is the stack whole, and new enough?"),
        ("AWS.SimpleQueueService.NonExistentQueue", "is the stack whole, and new enough?"),
        ("ProvisionedThroughputExceededException", "try again in a minute"),
        ("ThrottlingException", "try again in a minute"),
        ("UnrecognizedClientException", "does not know these credentials"),
    ],
)
def test_what_aws_says_no_with_is_told_in_words_and_with_its_code(code: str, advice: str) -> None:
    for error in (refused(code), Unavailable("dynamodb", "Query", code)):
        assert isinstance(error, EXPECTED)
        assert code in said(error)
        assert advice in said(error)
    assert said(refused("Odd")) == "AWS refused DescribeStacks: Odd"


def test_without_a_name_it_is_the_local_stack_and_without_one_of_these_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(targets, "running", lambda: None)
    code, said = ended(capsys, None)
    assert (code, "doorbell local up" in said, "--stack NAME" in said) == (Exit.USAGE, True, True)
    record = Record(LOCAL, f"{LOCAL}/api", {"EventsTableName": "events-2"}, {"AllowHttp": "true"})
    monkeypatch.setattr(targets, "running", lambda: record)
    monkeypatch.setattr("socket.create_connection", lambda place, timeout: nullcontext())
    monkeypatch.setattr(targets, "of_local_root", Account)
    with connected(None) as target:
        assert (target.local, target.table("Events"), target.endpoint_url) == (True, "events-2", LOCAL)
        assert target.api_url == f"{LOCAL}/api"


def test_a_local_stack_that_does_not_answer_is_told_with_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(targets, "running", lambda: Record(LOCAL, LOCAL, {}, {}))

    def refuses(place: tuple[str, int], timeout: float) -> None:
        asked.append(place)
        raise ConnectionRefusedError

    asked = list[tuple[str, int]]()
    monkeypatch.setattr("socket.create_connection", refuses)
    code, said = ended(capsys, None)
    assert (code, f"does not answer at {LOCAL}" in said) == (Exit.USAGE, True)
    assert asked == [("127.0.0.1", 4566)]


def test_an_output_that_a_stack_does_not_have_is_named() -> None:
    with pytest.raises(TargetError, match=r"The stack old has no output RefusedTableName\."):
        Target("old", False, {}, {}, "", Account()).table("Refused")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("source gh", "provider", "unknown"), Exit.PROBLEM),
        (SecretMissing("ssm:/x", "not there"), Exit.PROBLEM),
        (Refusal(404, "unknown_event", "no such event"), Exit.PROBLEM),
        (refused("ThrottlingException"), Exit.AWS),
        (NoRegionError(), Exit.AWS),
        (EndpointConnectionError(endpoint_url=LOCAL), Exit.AWS),
        (Unavailable("dynamodb", "Query", "InternalServerError"), Exit.AWS),
    ],
)
def test_what_goes_wrong_in_a_command_ends_it_with_a_line_and_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: Exit
) -> None:
    monkeypatch.setattr(targets, "of_environment", Account)
    with pytest.raises(typer.Exit) as caught, connected("mine"):
        raise error
    said = capsys.readouterr().err
    assert caught.value.exit_code == code
    assert said.startswith("error: ")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("local", "policy", "found"),
    [
        (False, EgressPolicy(), []),
        (False, EgressPolicy(allow_http=True), ["parameter AllowHttp"]),
        (False, EgressPolicy(allowed_cidrs=("10.0.0.0/8",)), ["parameter EgressAllowedCidrs"]),
        (True, EgressPolicy(allow_http=True, allowed_cidrs=("127.0.0.0/8",)), []),
    ],
)
def test_what_only_a_local_stack_may_do_is_found_in_a_deployed_one(
    local: bool, policy: EgressPolicy, found: list[str]
) -> None:
    told = list(parameters(Target("mine", local, {}, {}, "", Account()), policy))
    assert [one.document["where"] for one in told] == found
