"""Histories whose subscriptions have targets. How they are sent to: `target_clients.py`."""

from dataclasses import replace
from itertools import cycle

from doorbell.domain.large import S3_LINK
from tests.simulation.story import Story, Target, story_of

DEDUPE = "message-deduplication-id"
"""What a service knows a message by, shown to the watch as a header."""
HERE = "eu-central-1:123456789012"
KINDS = {
    "sqs": f"arn:aws:sqs:{HERE}:{{}}.fifo",
    "states": f"arn:aws:states:{HERE}:stateMachine:{{}}",
    "s3": "arn:aws:s3:::a-bucket/{}/",
    "kinesis": f"arn:aws:kinesis:{HERE}:stream/{{}}",
    "firehose": f"arn:aws:firehose:{HERE}:deliverystream/{{}}",
    "lambda": f"arn:aws:lambda:{HERE}:function:{{}}",
    "sns": f"arn:aws:sns:{HERE}:{{}}.fifo",
    "events": f"arn:aws:events:{HERE}:event-bus/{{}}",
}
SYNC = "lambda-sync"
"""As the story calls a function whose answer is waited for."""
TOO_LARGE = {
    "sqs": "InvalidParameterValue", "lambda": "RequestTooLargeException", SYNC: "RequestTooLargeException"
}  # fmt: skip
"""What says that a message is too large, and goes as a pointer then."""
OF_URLS = ("drip", "names-busy")


def targets_of(seed: int) -> Story:
    """What can go wrong with URLs, but for names and bodies that drip, with services in their place."""
    story = story_of(seed)
    kinds = [*KINDS, SYNC]
    turns = cycle(kinds[seed % len(kinds) :] + kinds[: seed % len(kinds)])
    return replace(
        story, targets=tuple(_with(kind, one) for kind, one in zip(turns, story.targets, strict=False))
    )


def _with(kind: str, target: Target) -> Target:
    behaviour = tuple((at, "ok" if what in OF_URLS else what) for at, what in target.behaviour)
    return replace(target, kind=kind, behaviour=behaviour)


def place_of(kind: str, called: str) -> dict[str, str]:
    """The fields of a subscription."""
    fields = {"target": KINDS["lambda" if kind == SYNC else kind].format(called)}
    if kind == SYNC:
        fields["invoke"] = "sync"
    if kind in TOO_LARGE:
        fields["large"] = S3_LINK
    return fields
