"""Targets: what a subscription can send to beside a URL. An ARN says which; a policy says whether it may.

Region and account are the ARN's own. What the ARN's resource may look like, service by service:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from dataclasses import dataclass
from typing import Final

from doorbell.domain.listening import is_listeners, queue_name
from doorbell.domain.outbound import OutboundRequest

TIMEOUT_SECONDS: Final = 8.0
"""Of a call of a target's service, connection and answer together."""
FUNCTIONS: Final = (
    "ingest", "publish", "inbox", "fanout", "dispatcher", "sweeper", "indexer", "backfill", "admin", "jobs",
)  # fmt: skip
"""Doorbell's own, which are named after the stack."""

_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]+):([0-9]{12}):([!-~]{1,300})")
_RESOURCES: Final = {
    "sqs": re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo"),
    "sns": re.compile(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo"),
    "events": re.compile(r"event-bus/[A-Za-z0-9._/-]{1,256}"),
    "lambda": re.compile(r"function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?"),
}
KINDS: Final = "an SQS queue, an SNS topic, an EventBridge bus or a Lambda function"


@dataclass(frozen=True, slots=True)
class Arn:
    """`resource` is all behind the account: a queue's name, `event-bus/orders`, `function:books`."""

    text: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def is_fifo(self) -> bool:
        return self.resource.endswith(".fifo")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRequest(OutboundRequest):
    """What is ready to leave for a target: as for a URL, with its ARN as `url`, and beside that what a
    service has places of its own for."""

    tenant_id: str
    subscription_id: str
    event_id: str
    event_type: str
    source_id: str
    hops: int


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """What targets there may be: `arns` with `*` and `?` as IAM has them, for these `tenants` alone, and
    never `own_queues` (ARNs) or a function of `stack`. A listener's queue needs none of it, and is for its
    own subscription alone."""

    arns: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    own_queues: tuple[str, ...] = ()
    stack: str = ""

    def problem_with(self, text: str, tenant_id: str, subscription_id: str = "") -> str | None:
        """Why nothing may be sent there for this subscription of this tenant."""
        arn = parse(text)
        if isinstance(arn, str):
            return arn
        if self._is_own(arn):
            return "it is a part of Doorbell itself"
        if self.listens(arn):
            own = arn.resource == queue_name(self.stack, tenant_id, subscription_id)
            return None if own else "only `doorbell listen --forward` has such a queue, each its own"
        if not self.arns:
            return "this stack has no targets: deploy it with the parameter TargetArns"
        if tenant_id not in self.tenants:
            return f'the tenant "{tenant_id}" may have no targets: see the parameter TargetTenants'
        if not any(matches(pattern, text) for pattern in self.arns):
            return "the parameter TargetArns does not name it"
        return None

    def listens(self, arn: Arn) -> bool:
        """Whether it is the queue of somebody's listener: what goes there is an envelope."""
        return arn.service == "sqs" and is_listeners(self.stack, arn.resource)

    def _is_own(self, arn: Arn) -> bool:
        if arn.service == "lambda":
            return arn.resource.split(":")[1] in {f"{self.stack}-{name}" for name in FUNCTIONS}
        return any(matches(pattern, arn.text) for pattern in self.own_queues)


def parse(text: str) -> Arn | str:
    """The ARN, or why it is none that can be sent to."""
    found = _ARN.fullmatch(text)
    if found is None:
        return "not an ARN with region and account, such as arn:aws:sqs:eu-central-1:123456789012:orders"
    arn = Arn(text, *found.groups())
    form = _RESOURCES.get(arn.service)
    if form is None:
        return f"Doorbell cannot send to {arn.service}: a target is {KINDS}"
    if form.fullmatch(arn.resource) is None:
        return f"not the ARN of a target: that is {KINDS}"
    return arn


def matches(pattern: str, text: str) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, text) is not None
