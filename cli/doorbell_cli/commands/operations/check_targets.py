"""Whether a target is there, asked with the credentials of whoever checks. Whether the dispatcher may send to
it the parameters say, which are checked with the item; `doorbell test` shows it."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of
from doorbell.domain.targets import Arn, parse
from doorbell.targets.sender import SERVICES
from doorbell.targets.service import DENIED, EVERYWHERE, GONE
from doorbell.targets.sqs import queue_url
from doorbell_cli.commands.operations.findings import Finding, Note
from doorbell_cli.target import Target

LOOKS: dict[str, Callable[[Any, Arn], Any]] = {
    "sqs": lambda client, arn: client.get_queue_attributes(QueueUrl=queue_url(arn)),
    "sns": lambda client, arn: client.get_topic_attributes(TopicArn=arn.text),
    "events": lambda client, arn: client.describe_event_bus(Name=arn.text),
    "lambda": lambda client, arn: client.get_function_configuration(FunctionName=arn.text),
}


def reach(target: Target, where: str, text: str) -> Iterator[Finding | Note]:
    arn = parse(text)
    assert isinstance(arn, Arn), "a broken item is told as that"
    client = target.client(arn.service)
    if client.meta.region_name != arn.region:
        yield Note(where, f"target: it is in {arn.region}, where this did not look for it")
        return
    try:
        LOOKS[arn.service](client, arn)
    except ClientError as error:
        code = code_of(error)
        if SERVICES[arn.service].codes.get(code) == GONE:
            advice = "The next delivery switches the subscription off. Make it, or name another."
            yield Finding(where, f"target: there is no {text}", advice)
        elif EVERYWHERE.get(code) == DENIED:
            yield Note(where, f"target: these credentials may not look whether {text} is there")
        else:
            yield Finding(where, f"target: {code} for {text}", "Deliveries may fail.")
