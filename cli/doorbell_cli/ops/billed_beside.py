"""The estimate beside what AWS billed, row by row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from doorbell_cli.ops.billed import Billed
from doorbell_cli.ops.counted import Line

OTHERS = "all other services"
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


@dataclass(frozen=True, slots=True)
class Compared:
    """A service's USD: the estimate's, what was billed for the stack, and for the whole account."""

    service: str
    estimated: float
    stack: float
    account: float


def compared(lines: Sequence[Line], billed: Billed) -> list[Compared]:
    """By our services; those of the stack that the estimate does not know have Cost Explorer's name. What
    the stack has nothing of is together in the last row, if there is any."""
    estimated, stack, account = (defaultdict[str, float](float) for _ in range(3))
    for line in lines:
        estimated[line.service] += line.usd
    for name, usd in billed.stack.items():
        stack[ours(name) or name] += usd
    for name, usd in billed.account.items():
        account[ours(name) or name] += usd
    names = dict.fromkeys([*estimated, *stack])
    rows = [Compared(name, estimated[name], stack[name], account[name]) for name in names]
    others = sum(usd for name, usd in account.items() if name not in names)
    return [*rows, Compared(OTHERS, 0.0, 0.0, others)] if others else rows


def ours(name: str) -> str | None:
    """The service of our bill that Cost Explorer calls `name`."""
    return next((own for own, parts in _PARTS.items() if any(part in name for part in parts)), None)
