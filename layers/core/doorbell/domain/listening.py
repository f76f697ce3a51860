"""Listeners: `doorbell listen --forward` on somebody's machine, with a subscription and a queue of its own.

The queue's name is made of its subscription's: nobody else's subscription can point at it, in this tenant or
another. So it needs no permission of the stack's operators, but for the form of its name. That has an end of
a fixed length: else `gate` would take what belongs to a stack named `gate-listen-b` for a listener's.
"""

import re
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from doorbell.domain.subscriptions import scoped

MARK: Final = "-listen-"
AWAY_SECONDS: Final = 86_400
"""After the last sign of a listener its queue and its subscription are removed."""
LOOK_EVERY_MINUTES = 60
"""A question of an index: where nobody listens nothing else is paid for."""
_DIGEST_BYTES: Final = 10
"""Sixteen letters. A function's name has 64 characters at most, which leaves a stack's 53; a queue's has 80.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html"""
_DIGEST: Final = re.compile("[a-z2-7]{16}")


@dataclass(frozen=True, slots=True)
class Listener:
    """`until`: when it counts as away for good, epoch seconds. `target` and `queue_url` name its queue."""

    tenant_id: str
    subscription_id: str
    target: str
    queue_url: str
    until: float


def queue_name(stack: str, tenant_id: str, subscription_id: str) -> str:
    """The one queue that this subscription may have as a listener's."""
    digest = sha256(scoped(tenant_id, subscription_id).encode()).digest()[:_DIGEST_BYTES]
    return f"{stack}{MARK}{b32encode(digest).decode().lower()}"


def is_listeners(stack: str, queue: str) -> bool:
    """Whether a queue's name is one that only a listener has."""
    begin = f"{stack}{MARK}"
    return bool(stack) and queue.startswith(begin) and _DIGEST.fullmatch(queue[len(begin) :]) is not None


def is_time_to_look(now: float) -> bool:
    return int(now // 60) % LOOK_EVERY_MINUTES == 0
