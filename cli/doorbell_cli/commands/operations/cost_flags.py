"""What some flags of `doorbell cost` may be, and which of all go together."""

from enum import StrEnum

import typer

from doorbell_cli.commands.typed import refuse_typed
from doorbell_cli.ops.targets_priced import HTTPS, TARGETS


class KeptIn(StrEnum):
    SSM = "ssm"
    SECRETS_MANAGER = "secretsmanager"
    KMS = "kms"


class Kinds(StrEnum):
    """Of subscribers: a URL, or a target by its service."""

    HTTPS = HTTPS
    SQS = "sqs"
    SQS_FIFO = "sqs-fifo"
    SNS = "sns"
    EVENTS = "events"
    LAMBDA = "lambda"
    STATES = "states"
    KINESIS = "kinesis"
    FIREHOSE = "firehose"
    S3 = "s3"


class Histories(StrEnum):
    ALL = "all"
    UNDELIVERED = "undelivered"


MEASURED = (
    "events",
    "fanout",
    "retries",
    "outages",
    "latency",
    "providers",
    "secrets",
    "kept_in",
    "history",
    "dashboard",
)
"""What --measured takes from the stack."""


def refuse_unpriced(context: typer.Context) -> None:
    """A flag that changes no price here is a mistake of whoever typed it."""
    given = context.params
    unit = TARGETS.get(given["target"].value)
    if unit is None or not unit.by_call:
        queues = " or ".join(name for name, one in TARGETS.items() if one.by_call)
        refuse_typed(context, ["per_call"], f"It changes the price of --target {queues} alone.")
    if given["from_counts"]:
        refuse_typed(context, MEASURED, "Leave it out: --measured takes it from the stack.")
    if not given["compare"]:
        refuse_typed(context, ["yes"], "Goes with --compare.")
        if not given["from_counts"]:
            refuse_typed(context, ["stack"], "Goes with --measured or --compare.")
