"""`doorbell cost --compare`: what Cost Explorer is asked and answers, held against botocore's model of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from doorbell_cli.ops.billed import REQUESTS, TAG, month_before
from tests.integration.ops.deployed import Doorbell

START, END = month_before(datetime.now(UTC).date())
QUESTION: dict[str, Any] = {
    "TimePeriod": {"Start": START.isoformat(), "End": END.isoformat()},
    "Granularity": "MONTHLY",
    "Metrics": ["UnblendedCost"],
    "Filter": {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}}},
    "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": TAG}],
}
COST = ("cost", "--events", "1M", "--fanout", "1", "--body", "2KB", "--retries", "0%", "--compare")


@pytest.fixture
def explorer(doorbell: Doorbell) -> Iterator[Stubber]:
    client = doorbell.target.client("ce")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def page(*groups: tuple[str, str, float], token: str = "", estimated: bool = False) -> dict[str, Any]:
    listed = [
        {
            "Keys": [service, f"{TAG}${stack}"],
            "Metrics": {"UnblendedCost": {"Amount": f"{usd:.10f}", "Unit": "USD"}},
        }
        for service, stack, usd in groups
    ]
    month = {"TimePeriod": QUESTION["TimePeriod"], "Total": {}, "Groups": listed, "Estimated": estimated}
    return {"ResultsByTime": [month], **({"NextPageToken": token} if token else {})}


def asks(explorer: Stubber, answer: dict[str, Any], token: str = "") -> None:
    question = {**QUESTION, "NextPageToken": token} if token else QUESTION
    explorer.add_response("get_cost_and_usage", answer, question)


def test_the_stacks_part_of_each_service_stands_beside_the_estimate(
    doorbell: Doorbell, explorer: Stubber
) -> None:
    """Over pages; what another stack or nobody's tag has is the account's alone."""
    first = page(("AWS Lambda", "doorbell", 1.5), ("AWS Lambda", "shop", 20), token="next")
    second = page(
        ("Amazon DynamoDB", "doorbell", 6), ("AmazonCloudWatch", "", 3), ("Amazon Chime", "doorbell", 2)
    )
    asks(explorer, first)
    asks(explorer, second, token="next")
    said = doorbell.json(*COST, "--yes")
    billed = said["billed"]
    rows = {row["service"]: (row["stack"], row["account"]) for row in billed["services"]}
    assert rows["Lambda"] == (1.5, 21.5)
    assert rows["DynamoDB"] == (6, 6)
    assert rows["CloudWatch"] == (0, 3)
    assert rows["Amazon Chime"] == (2, 2)
    assert "all other services" not in rows
    assert sum(row["estimated"] for row in billed["services"]) == pytest.approx(said["total_usd"], abs=0.01)
    assert (billed["stack_usd"], billed["account_usd"], billed["requests"]) == (9.5, 32.5, 2)
    assert (billed["from"], billed["to"]) == (START.isoformat(), END.isoformat())
    assert billed["advice"] is None
    assert len(said["levers"]) == 2


def test_people_see_both_and_that_it_is_not_final(doorbell: Doorbell, explorer: Stubber) -> None:
    asks(explorer, page(("AWS Lambda", "doorbell", 1.25), estimated=True))
    result = doorbell.run(*COST, "--yes")
    (row,) = [line.split() for line in result.stdout.splitlines() if line.split()[-1:] == ["1.25"]][:1]
    assert row == ["Lambda", "1.92", "1.25", "1.25"]
    assert "1 request(s) of 0.01 USD" in " ".join(result.stdout.split())
    assert "has not closed that month" in result.stderr
    assert "cost allocation" not in result.stderr


def test_what_the_stack_has_nothing_of_is_one_row_so_that_the_column_adds_up(
    doorbell: Doorbell, explorer: Stubber
) -> None:
    asks(explorer, page(("AWS Lambda", "doorbell", 1), ("Amazon EC2", "", 40), ("Amazon RDS", "shop", 2)))
    billed = doorbell.json(*COST, "--yes")["billed"]
    assert sum(row["account"] for row in billed["services"]) == billed["account_usd"] == 43
    assert billed["services"][-1] == {
        "service": "all other services",
        "estimated": 0,
        "stack": 0,
        "account": 42,
    }


def test_a_stand_in_for_aws_has_no_bill_and_is_named(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows no Cost Explorer; what it says to that differs."""
    client = doorbell.target.session.client("ce", endpoint_url="http://127.0.0.1:4566")
    monkeypatch.setitem(doorbell.target._clients, "ce", client)
    with Stubber(client) as explorer:
        explorer.add_client_error("get_cost_and_usage", "400")
        result = doorbell.run(*COST, "--yes")
    assert result.exit_code == 3
    assert "127.0.0.1 is not AWS and has no bill." in " ".join(result.stderr.split())
    assert "AWS_ENDPOINT_URL" in result.stderr


@pytest.mark.parametrize("stack", ["", "doorbell-two"])
def test_a_tag_that_is_not_active_is_told_with_the_command_that_activates_it(
    doorbell: Doorbell, explorer: Stubber, stack: str
) -> None:
    asks(explorer, page(("AWS Lambda", stack, 4)))
    result = doorbell.run(*COST, "--yes")
    assert result.exit_code == 0
    assert f"update-cost-allocation-tags-status --cost-allocation-tags-status TagKey={TAG}" in result.stderr


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "ce:GetCostAndUsage"),
        ("DataUnavailableException", "Wait a day"),
        ("LimitExceededException", "in a minute"),
        ("RequestChangedException", "Try again"),
        ("InternalFailure", "AWS refused GetCostAndUsage"),
    ],
)
def test_an_answer_of_no_says_what_to_do(
    doorbell: Doorbell, explorer: Stubber, code: str, advice: str
) -> None:
    explorer.add_client_error("get_cost_and_usage", code)
    result = doorbell.run(*COST, "--yes")
    assert result.exit_code == 3
    assert advice in result.stderr
    assert result.stdout == ""


def test_nothing_is_asked_before_somebody_agreed_to_the_price(doorbell: Doorbell, explorer: Stubber) -> None:
    result = doorbell.run(*COST)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    result = doorbell.run("cost", "--json")
    assert result.exit_code == 0
    assert '"billed": null' in result.stdout


def test_no_more_pages_are_paid_for_than_was_said(doorbell: Doorbell, explorer: Stubber) -> None:
    for number in range(REQUESTS):
        token = f"page {number}" if number else ""
        asks(explorer, page(("AWS Lambda", "doorbell", 1), token=f"page {number + 1}"), token=token)
    result = doorbell.run(*COST, "--yes")
    assert f"more than {REQUESTS} pages" in result.stderr


def test_the_local_stack_has_no_bill(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    local = replace(doorbell.target, local=True)
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: local)
    result = doorbell.run(*COST, "--yes")
    assert result.exit_code == 2
    assert "no bill" in result.stderr


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2026, 1, 1), date(2025, 12, 1), date(2026, 1, 1)),
        (date(2028, 3, 31), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_last_month_is_the_whole_one_before(day: date, start: date, end: date) -> None:
    assert month_before(day) == (start, end)
