"""Whether a target is there, asked with the credentials of whoever checks. Whether the dispatcher may send to
it the parameters say, which are checked with the item; `doorbell test` shows it."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from botocore.exceptions import ClientError, EndpointConnectionError

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


IN_SILENCE: Final = (
    "EventBridge takes what is sent to a bus that is not there as if it were: it is lost, and `delivered` is "
    "on record. Make it, or name another."
)
"""https://github.com/aws/aws-sdk/issues/186, https://github.com/aws/aws-cli/issues/9186"""
LOUD: Final = "The next delivery switches the subscription off. Make it, or name another."


def reach(target: Target, where: str, item: Subscription) -> Iterator[Finding | Note]:
    text, arn = item.url, _arn(item)
    if item.role_arn is not None:
        yield Note(where, f"target: only {item.role_arn} knows it. doorbell test {item.endpoint_id} shows it")
        return
    try:
        found = _looked(target, arn)
    except EndpointConnectionError:
        yield Finding(where, f"target: {arn.region} has no {arn.service} that answers", "Correct the region.")
        return
    except ClientError as error:
        code = code_of(error)
        if _is_gone(arn, code):
            yield Finding(where, f"target: there is no {text}", _advice(arn))
        elif EVERYWHERE.get(code) == DENIED:
            yield Note(where, f"target: these credentials may not look whether {text} is there")
        else:
            yield Finding(where, f"target: {code} for {text}", "Deliveries may fail.")
        return
    if arn.service == "states" and found.get("type") == "EXPRESS":
        yield Note(where, "target: an Express state machine starts anew for whatever is sent again")


def missing(target: Target, item: Subscription) -> str | None:
    """What to say of a target that is not there. None also where these credentials cannot tell."""
    arn = _arn(item)
    if item.role_arn is not None:
        return None
    try:
        _looked(target, arn)
    except ClientError as error:
        return f"There is no {arn.text}. {_advice(arn)}" if _is_gone(arn, code_of(error)) else None
    return None


def _looked(target: Target, arn: Arn) -> Any:
    return LOOKS[arn.service](_client(target, SERVICES[arn.service].client_name, arn.region), arn)


def _client(target: Target, name: str, region: str) -> Any:
    """In the target's region; a bucket's ARN has none."""
    own = target.client(name)
    if region in ("", own.meta.region_name):
        return own
    return target.session.client(name, region, endpoint_url=target.endpoint_url)


def _arn(item: Subscription) -> Arn:
    arn = parse(item.url)
    assert isinstance(arn, Arn), "a broken item is told as that"
    return arn


def _is_gone(arn: Arn, code: str) -> bool:
    return SERVICES[arn.service].codes.get(code) == GONE


def _advice(arn: Arn) -> str:
    return IN_SILENCE if arn.service == "events" else LOUD
