"""What AWS documents, each with its page. All of it is of one region, and of today's pages.

A limit holds as it stands: bursts, and what DynamoDB does by itself for a table that grows, are not reckoned
with; docs/limits.md says so too."""

from dataclasses import dataclass

DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"


@dataclass(frozen=True, slots=True)
class Limit:
    """`asked`: what the model takes once a quota is raised; None: nobody can raise it."""

    value: float
    source: str
    asked: float | None = None

    def at(self, *, raised: bool) -> float:
        return self.asked if raised and self.asked is not None else self.value


PARTITION_WRITES = Limit(1_000, f"{DYNAMODB}/bp-partition-key-design.html")
"""Units a second of one partition key, of a table or of an index. A key is never split here: what DynamoDB
may split apart are keys, and items of a key whose sort keys are written everywhere; ours begin with the time.
"""
PARTITION_READS = Limit(3_000, f"{DYNAMODB}/bp-partition-key-design.html")
NEW_TABLE_WRITES = Limit(4_000, f"{DYNAMODB}/warm-throughput-scenarios.html", asked=1e9)
"""Of a table on demand that is new, and of each of its indexes. `WarmThroughput` and use raise it."""
NEW_TABLE_READS = Limit(12_000, f"{DYNAMODB}/warm-throughput-scenarios.html", asked=1e9)
TABLE_WRITES = Limit(40_000, f"{DYNAMODB}/ServiceQuotas.html", asked=1e9)
"""Of a table on demand. That each index has as much for itself is the kinder reading of that page."""
TABLE_READS = Limit(40_000, f"{DYNAMODB}/ServiceQuotas.html", asked=1e9)

IN_FLIGHT = Limit(
    120_000, "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html"
)
"""Messages of a standard queue that were received and not deleted. Calls are "nearly unlimited"."""

CONCURRENCY = Limit(1_000, f"{LAMBDA}/gettingstarted-limits.html", asked=20_000)
"""Of all functions of an account."""
SCALING = Limit(100, f"{LAMBDA}/scaling-behavior.html")
SCALING_SECONDS = 10
"""Environments a second that one function may get more: 1,000 in ten seconds. What comes by a queue is held
up by its pollers before that."""
POLLERS_PER_SECOND = Limit(5, f"{LAMBDA}/services-sqs-scaling.html")
"""Batches side by side that a queue's mapping may take more each second: 300 a minute."""
POLLERS_AT_FIRST = Limit(5, f"{LAMBDA}/services-sqs-scaling.html")
POLLERS = Limit(1_000, f"{LAMBDA}/services-sqs-scaling.html")
"""At the most, and the most that `MaximumConcurrency` can be."""
MAXIMUM_CONCURRENCY = Limit(50, "template.yaml: MaximumConcurrency", asked=POLLERS.value)

API_REQUESTS = Limit(
    10_000, "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html", asked=100_000
)
SSM_CALLS = Limit(40, "https://docs.aws.amazon.com/general/latest/gr/ssm.html", asked=10_000)
"""`GetParameter`; as asked for: "higher throughput"."""
KMS_CALLS = Limit(
    10_000, "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html", asked=100_000
)
"""Decryptions; the default of some regions is two or ten times that."""
