"""What the functions that handle batches share: the calls that serve all of a batch."""

from functools import cache

from doorbell.runtime.wiring import client, credentials, log
from doorbell.store.plain_calls import PlainCalls


@cache
def calls() -> PlainCalls:
    return PlainCalls(client("dynamodb"), credentials(), _asked_again)


def written_singly(cause: str) -> None:
    log().error("write_together_failed", cause=cause)


def _asked_again(operation: str, cause: str) -> None:
    log().info("asked_again", operation=operation, cause=cause)
