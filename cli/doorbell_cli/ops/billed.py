"""What AWS billed for the last month, as Cost Explorer tells it: by service, of a stack and of the account.

One question serves both: it groups by service and by the tag that CloudFormation gives to what a stack has.
Cost Explorer knows that tag once it is active as a cost allocation tag, and of the time since.
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/cost-alloc-tags.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of

TAG = "aws:cloudformation:stack-name"
REQUEST_USD, REQUESTS = 0.01, 10
"""Each page is a request: https://aws.amazon.com/aws-cost-management/aws-cost-explorer/faqs/. More pages than
these are not asked for."""
METRIC = "UnblendedCost"
USAGE = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}}}

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
AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
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
            _refuse_stand_in(client)
            raise
        raise NotTold(_WHY[code]) from None
    return answer


def _refuse_stand_in(client: Any) -> None:
    """Most that stand in for AWS have no Cost Explorer, and none has a bill."""
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    if not host.endswith(AWS):
        raise NotTold(
            f"{host} is not AWS and has no bill. AWS_ENDPOINT_URL names it: unset that for this command."
        )


def _groups(month: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Service, the tag's value ("" for what has none), USD. A tag comes as `name$value`."""
    for group in month.get("Groups", ()):
        service, tag = group["Keys"]
        yield service, tag.removeprefix(f"{TAG}$"), float(group["Metrics"][METRIC]["Amount"])
