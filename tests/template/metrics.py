"""The metrics that AWS's services and Doorbell really have, and what they say in a quiet and in a bad night.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
"""

from dataclasses import dataclass

from tests.template.nights import Night, Says

OURS = "Doorbell"
KINDS = {
    "AWS/SQS": ("QueueName", "AWS::SQS::Queue"),
    "AWS/Lambda": ("FunctionName", "AWS::Lambda::Function"),
    "AWS/ApiGateway": ("ApiId", "AWS::ApiGatewayV2::Api"),
    "AWS/DynamoDB": ("TableName", "AWS::DynamoDB::Table"),
}
"""Namespace → the dimension that names a resource, by its name and not its URL or ARN, and the kind of it."""


@dataclass(frozen=True)
class Metric:
    """`unit` as CloudWatch has it; `night` None where nobody sets an alarm on it."""

    unit: str
    night: Night | None = None


def always(*samples: float) -> Says:
    return lambda minute: samples


def rising(seconds: float) -> Says:
    """The age of something that nobody takes: `seconds` more each minute."""
    return lambda minute: [seconds * (minute + 1)]


SOME_FAIL = Night(always(*[0] * 20), always(*[0] * 9, 1))
"""A sample for each call: 1 is one that failed."""
NOBODY_COMES = Night(always(10), rising(60))
HTTP_API = {
    "4xx": Metric("Count"),
    "5xx": Metric("Count", SOME_FAIL),
    "Count": Metric("Count"),
    "IntegrationLatency": Metric("Milliseconds"),
    "Latency": Metric("Milliseconds"),
    "DataProcessed": Metric("Bytes"),
}
QUEUE = {
    "ApproximateAgeOfOldestMessage": Metric("Seconds", NOBODY_COMES),
    "ApproximateNumberOfMessagesVisible": Metric("Count", Night(always(0), always(1))),
    "ApproximateNumberOfMessagesNotVisible": Metric("Count"),
    "ApproximateNumberOfMessagesDelayed": Metric("Count"),
    "NumberOfMessagesSent": Metric("Count"),
    "NumberOfMessagesReceived": Metric("Count"),
    "NumberOfMessagesDeleted": Metric("Count"),
}
FUNCTION = {
    "Invocations": Metric("Count", Night(always(1), always())),
    "Errors": Metric("Count", SOME_FAIL),
    "Throttles": Metric("Count", SOME_FAIL),
    "Duration": Metric("Milliseconds"),
    "ConcurrentExecutions": Metric("Count"),
    "IteratorAge": Metric("Milliseconds", Night(always(900), rising(60_000))),
}
TABLE = {
    "ThrottledRequests": Metric("Count", Night(always(), always(1))),
    "SystemErrors": Metric("Count", Night(always(), always(1))),
}
BY_NAMESPACE = {"AWS/SQS": QUEUE, "AWS/Lambda": FUNCTION, "AWS/ApiGateway": HTTP_API, "AWS/DynamoDB": TABLE}

COUNTED = Metric("Count", Night(always(), always(1)))
"""Of ours: once a minute is a bad night, where the quiet one has none."""
MEASURED = Metric("Seconds", Night(always(10), rising(60)))
BUSY = {
    "Refused": Metric("Count", Night(always(1), always(*[1] * 50))),  # somebody tries, always
    "RecordFailed": Metric("Count", Night(always(), always(*[1] * 5))),  # a batch a few times
}


def known(namespace: str, name: str, measured: bool) -> Metric:
    """`KeyError` for a metric that this kind of resource has not."""
    if namespace == OURS:
        return BUSY.get(name, MEASURED if measured else COUNTED)
    return BY_NAMESPACE[namespace][name]
