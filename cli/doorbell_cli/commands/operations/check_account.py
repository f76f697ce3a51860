"""What the account allows beside what the stack asks of it: Lambda's concurrency, the events table's
throughput, SSM's calls."""

from collections.abc import Iterator, Sequence
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import ConfigError
from doorbell.store.items.models import load_source, load_subscription
from doorbell.store.secrets.secrets import TTL_SECONDS
from doorbell_cli.commands.operations.findings import Finding, Listed, Note
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.references import references
from doorbell_cli.target import Target

ALWAYS_UNRESERVED = 100
"""AWS refuses a reservation that leaves an account less.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
LEFT_FOR_OTHERS = 5
"""Ingest, publish, admin and the sweeper, at the least."""
SMALLEST = 2
"""https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""
SSM_PER_SECOND = 40
"""https://docs.aws.amazon.com/general/latest/gr/ssm.html"""
HIGH_THROUGHPUT = "/ssm/parameter-store/high-throughput-enabled"
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html"""
UNITS_PER_EVENT = 5
"""Of the table itself: a small event with its body 2, its one delivery 1, a claim and an outcome 1 each."""
QUOTA = "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384"


def concurrency(target: Target) -> Iterator[Finding | Note]:
    """Who starves whom: ingest has only what fanout and dispatcher leave, and a batch that finds no room five
    times is a dead letter."""
    with translated("lambda", "GetAccountSettings"):
        limit = target.client("lambda").get_account_settings()["AccountLimit"]
    quota, free = int(limit["ConcurrentExecutions"]), int(limit["UnreservedConcurrentExecutions"])
    own, most = _number(target, "IngestReservedConcurrency", 0), _number(target, "MaximumConcurrency", 50)
    reservable = free + own - ALWAYS_UNRESERVED
    values = f"0 to {reservable:,}" if reservable > 0 else "0 only, as AWS keeps 100 unreserved"
    about = f"Lambda runs {quota:,} at once here, {free:,} of them unreserved"
    yield Note("account", f"{about}: IngestReservedConcurrency may be {values}")
    taken = 2 * most or (0 if own else quota)
    if taken + LEFT_FOR_OTHERS > free:
        problem = f"{about}; fanout and dispatcher may take {taken:,}, and leave too little for ingest"
        fits = max(SMALLEST, free // 4)
        advice = f"deploy with MaximumConcurrency={fits}, or ask for more: {QUOTA} --desired-value 1000"
        yield Finding("account", problem, advice)


def throughput(target: Target) -> Iterator[Finding | Note]:
    """What the events table takes at once. Beyond it DynamoDB refuses, until it has grown."""
    with translated("dynamodb", "DescribeTable"):
        answer = target.client("dynamodb").describe_table(TableName=target.table("Events"))
    table: dict[str, Any] = answer["Table"]
    indexes = {one["IndexName"]: _warm(one) for one in table.get("GlobalSecondaryIndexes", [])}
    warm = _warm(table)
    if warm is None:
        return
    known = {name: units for name, units in indexes.items() if units is not None}
    least = f", index {min(known, key=lambda name: known[name])} {min(known.values()):,}" if known else ""
    events = warm // UNITS_PER_EVENT
    text = (
        f"takes {warm:,} write units a second at once{least}: some {events:,} small events to one subscriber"
    )
    yield Note("table Events", f"{text}. WarmThroughput raises it, for a price, and cannot lower it")


def parameters_of_ssm(target: Target, items: Sequence[Listed]) -> Iterator[Finding]:
    """Each environment that runs asks for each secret every five minutes."""
    count = len(names_in(items, "ssm"))
    environments = 2 * _number(target, "MaximumConcurrency", 50)
    rate = count * environments / TTL_SECONDS
    if rate <= SSM_PER_SECOND:
        return
    with translated("ssm", "GetServiceSetting"):
        answer = target.client("ssm").get_service_setting(SettingId=HIGH_THROUGHPUT)
    if answer["ServiceSetting"]["SettingValue"] != "true":
        asked = f"{environments} environments ask for them {rate:,.0f} times a second"
        problem = f"{count:,} secrets are in SSM: {asked}, and SSM answers {SSM_PER_SECOND}"
        setting = f"aws ssm update-service-setting --setting-id {HIGH_THROUGHPUT} --setting-value true"
        advice = f"{setting} (each call then costs), or keep them as kms: references"
        yield Finding("account", problem, advice)


def names_in(items: Sequence[Listed], service: str) -> set[str]:
    """What the sound ones of `items` refer to in a service."""
    found = set[str]()
    for one in items:
        try:
            item = load_subscription(one.values) if one.kind is SUBSCRIPTION else load_source(one.values)
        except ConfigError:
            continue
        split = (reference.partition(":") for _, reference in references(item))
        found |= {name.partition("#")[0] for which, _, name in split if which == service}
    return found


def _warm(described: dict[str, Any]) -> int | None:
    units = described.get("WarmThroughput", {}).get("WriteUnitsPerSecond")
    return None if units is None else int(units)


def _number(target: Target, parameter: str, default: int) -> int:
    """A stack of an earlier release has not all parameters."""
    return int(target.parameters.get(parameter) or default)
