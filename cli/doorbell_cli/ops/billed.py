"""What AWS billed for the last month, as Cost Explorer tells it: by service, of a stack and of the account.

One question serves both: it groups by service and by the tag that CloudFormation gives to what a stack has.
Cost Explorer knows that tag once it is active as a cost allocation tag, and of the time since.
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/cost-alloc-tags.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of
from doorbell_cli.ops.counted import Line

TAG = "aws:cloudformation:stack-name"
REQUEST_USD, REQUESTS = 0.01, 10
"""Each page is a request: https://aws.amazon.com/aws-cost-management/aws-cost-explorer/faqs/. More pages than
these are not asked for."""
METRIC = "UnblendedCost"
USAGE = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}}}

_PARTS = {
    "API Gateway": ("API Gateway",),
    "Lambda": ("Lambda",),
    "SQS": ("Simple Queue",),
    "DynamoDB": ("DynamoDB",),
    "S3": ("Simple Storage",),
    "EventBridge": ("EventBridge", "CloudWatch Events"),
    "CloudWatch": ("CloudWatch",),
    "Data transfer": ("Data Transfer",),
    "KMS": ("Key Management",),
    "Secrets Manager": ("Secrets Manager",),
    "SNS": ("Simple Notification",),
    "Step Functions": ("Step Functions",),
    "Firehose": ("Firehose",),
    "Kinesis": ("Kinesis",),
}
"""Parts of Cost Explorer's names for the services of our bill; the first that fits."""
_ACTIVATE = (
    f"aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey={TAG},Status=Active"
)
_WHY = {
    "AccessDeniedException": (
        "Cost Explorer refused. Your credentials need ce:GetCostAndUsage, and the account must allow IAM "
        "users to see its bill. Somebody must have opened Cost Explorer once in the Billing console; in an "
        "organization, in the management account."
    ),
    "DataUnavailableException": (
        "Cost Explorer has no data of that month. Wait a day after it was opened for the first time. A new "
        "account has its first whole month later."
    ),
    "LimitExceededException": "Cost Explorer was asked too often. Try again in a minute.",
}
_AGAIN = ("BillExpirationException", "RequestChangedException", "InvalidNextTokenException")


class NotTold(Exception):
    """Why there is no answer, and what to do."""


@dataclass(frozen=True, slots=True)
class Billed:
    """USD by service, in Cost Explorer's words, from `start` up to `end`, which is not part of it. `stack` is
    empty where no line of that stack bears the tag. `is_final`: AWS has closed the month."""

    start: date
    end: date
    stack: Mapping[str, float]
    account: Mapping[str, float]
    requests: int
    is_whole: bool
    is_final: bool

    def advice(self) -> str:
        """What to do about a stack that is not told apart; "" where it is."""
        if self.stack:
            return ""
        return (
            f"No line of that month has the tag {TAG} with this stack's name. In the account that pays, run "
            f"`{_ACTIVATE}`. It counts from about a day later on."
        )


def month_before(day: date) -> tuple[date, date]:
    """The first of the month before, and of this one."""
    end = day.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


def last_month(client: Any, stack: str, today: date) -> Billed:
    """Asks Cost Explorer, which costs `REQUEST_USD` a page. Raises `NotTold`."""
    start, end = month_before(today)
    own, account = defaultdict[str, float](float), defaultdict[str, float](float)
    requests, token, is_final = 0, "", True
    while requests == 0 or (token and requests < REQUESTS):
        answer = _page(client, start, end, token)
        requests, token = requests + 1, answer.get("NextPageToken", "")
        for month in answer["ResultsByTime"]:
            is_final &= not month.get("Estimated", False)
            for service, tagged, usd in _groups(month):
                account[service] += usd
                if tagged == stack:
                    own[service] += usd
    return Billed(start, end, own, account, requests, not token, is_final)


def _page(client: Any, start: date, end: date, token: str) -> dict[str, Any]:
    question: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": [METRIC],
        "Filter": USAGE,
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": TAG}],
    }
    if token:
        question["NextPageToken"] = token
    try:
        answer: dict[str, Any] = client.get_cost_and_usage(**question)
    except ClientError as error:
        code = code_of(error)
        if code in _AGAIN:
            raise NotTold("The bill changed while it was read. Try again.") from None
        if code not in _WHY:
            raise
        raise NotTold(_WHY[code]) from None
    return answer


def _groups(month: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Service, the tag's value ("" for what has none), USD. A tag comes as `name$value`."""
    for group in month.get("Groups", ()):
        service, tag = group["Keys"]
        yield service, tag.removeprefix(f"{TAG}$"), float(group["Metrics"][METRIC]["Amount"])


@dataclass(frozen=True, slots=True)
class Compared:
    """A service's USD: the estimate's, what was billed for the stack, and for the whole account."""

    service: str
    estimated: float
    stack: float
    account: float


def compared(lines: Sequence[Line], billed: Billed) -> list[Compared]:
    """By our services; those of the stack that the estimate does not know have Cost Explorer's name."""
    estimated, stack, account = (defaultdict[str, float](float) for _ in range(3))
    for line in lines:
        estimated[line.service] += line.usd
    for name, usd in billed.stack.items():
        stack[ours(name) or name] += usd
    for name, usd in billed.account.items():
        account[ours(name) or name] += usd
    names = dict.fromkeys([*estimated, *stack])
    return [Compared(name, estimated[name], stack[name], account[name]) for name in names]


def ours(name: str) -> str | None:
    """The service of our bill that Cost Explorer calls `name`."""
    return next((own for own, parts in _PARTS.items() if any(part in name for part in parts)), None)
