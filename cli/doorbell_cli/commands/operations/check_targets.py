"""Whether a target is there, asked with the credentials of whoever checks. Whether the dispatcher may send to
it the parameters say, which are checked with the item; `doorbell test` shows it."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.targets import Arn, parse
from doorbell.targets.sender import SERVICES
from doorbell.targets.service import DENIED, EVERYWHERE, GONE
from doorbell.targets.sqs import queue_url
from doorbell_cli.commands.operations.findings import Finding, Note
from doorbell_cli.target import Target


def _state_machine(client: Any, arn: Arn) -> Any:
    qualifier = arn.resource.split(":")[2:]
    if qualifier and not qualifier[0].isdecimal():
        return client.describe_state_machine_alias(stateMachineAliasArn=arn.text)
    return client.describe_state_machine(stateMachineArn=arn.text)


LOOKS: dict[str, Callable[[Any, Arn], Any]] = {
    "sqs": lambda client, arn: client.get_queue_attributes(QueueUrl=queue_url(arn)),
    "sns": lambda client, arn: client.get_topic_attributes(TopicArn=arn.text),
    "events": lambda client, arn: client.describe_event_bus(Name=arn.text),
    "lambda": lambda client, arn: client.get_function_configuration(FunctionName=arn.text),
    "states": _state_machine,
    "kinesis": lambda client, arn: client.describe_stream_summary(StreamARN=arn.text),
    "firehose": lambda client, arn: client.describe_delivery_stream(
        DeliveryStreamName=arn.resource.partition("/")[2]
    ),
    "s3": lambda client, arn: client.get_bucket_location(Bucket=arn.resource.partition("/")[0]),
}


def reach(target: Target, where: str, item: Subscription) -> Iterator[Finding | Note]:
    text = item.url
    arn = parse(text)
    assert isinstance(arn, Arn), "a broken item is told as that"
    if item.role_arn is not None:
        yield Note(where, f"target: only {item.role_arn} knows it. doorbell test {item.endpoint_id} shows it")
        return
    service = SERVICES[arn.service]
    client = target.client(service.client_name)
    if arn.region and client.meta.region_name != arn.region:
        yield Note(where, f"target: it is in {arn.region}, where this did not look for it")
        return
    try:
        found = LOOKS[arn.service](client, arn)
    except ClientError as error:
        code = code_of(error)
        if service.codes.get(code) == GONE:
            advice = "The next delivery switches the subscription off. Make it, or name another."
            yield Finding(where, f"target: there is no {text}", advice)
        elif EVERYWHERE.get(code) == DENIED:
            yield Note(where, f"target: these credentials may not look whether {text} is there")
        else:
            yield Finding(where, f"target: {code} for {text}", "Deliveries may fail.")
        return
    if arn.service == "states" and found.get("type") == "EXPRESS":
        yield Note(where, "target: an Express state machine starts anew for whatever is sent again")
