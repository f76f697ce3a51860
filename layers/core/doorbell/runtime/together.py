"""What the functions that handle batches share: the calls that serve many items."""

from functools import cache

from doorbell.queues.plain_sends import PlainSends
from doorbell.runtime.aws_tls import context_of
from doorbell.runtime.wiring import client, credentials, hasty_client, log
from doorbell.store.dynamodb.plain_calls import PlainCalls, PlainWrites


@cache
def calls() -> PlainCalls:
    dynamodb = client("dynamodb")
    return PlainCalls(dynamodb, credentials(), context_of(dynamodb), _asked_again)


@cache
def writes() -> PlainWrites:
    dynamodb = hasty_client("dynamodb")
    return PlainWrites(dynamodb, credentials(), context_of(dynamodb))


@cache
def sends() -> PlainSends:
    sqs = client("sqs")
    return PlainSends(sqs, credentials(), context_of(sqs), _asked_again)


def written_singly(cause: str) -> None:
    log().error("write_together_failed", cause=cause)


def _asked_again(operation: str, cause: str) -> None:
    log().info("asked_again", operation=operation, cause=cause)
