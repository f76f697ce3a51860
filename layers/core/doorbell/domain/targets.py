"""Targets: what a subscription can send to beside a URL. An ARN says which; a policy says whether it may.

What the ARN's resource may look like, by service (a state machine's name: API_StateMachineListItem):
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from dataclasses import dataclass
from typing import Final

from doorbell.domain.listening import is_listeners, queue_name
from doorbell.domain.outbound import OutboundRequest
from doorbell.domain.target_keys import OF_OBJECTS, OF_RECORDS

TIMEOUT_SECONDS: Final = 8.0
"""Of a call of a target's service, connection and answer together."""
FUNCTIONS: Final = (
    "ingest", "publish", "inbox", "fanout", "dispatcher", "sweeper", "indexer", "backfill", "admin", "jobs",
)  # fmt: skip
"""Doorbell's own, which are named after the stack."""

_REGION: Final = "[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-[0-9]{1,2}"
_ARN = re.compile(rf"arn:(aws[a-z-]*):([a-z0-9-]+):({_REGION}):([0-9]{{12}}):([!-~]{{1,300}})")
_S3_ARN = re.compile(r"arn:(aws[a-z-]*):(s3):():():([!-~]{1,300})")
_RESOURCES: Final = {
    "sqs": re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo"),
    "sns": re.compile(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo"),
    "events": re.compile(r"event-bus/[A-Za-z0-9._/-]{1,256}"),
    "lambda": re.compile(r"function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?"),
    "states": re.compile(r"stateMachine:[A-Za-z0-9_.+=@!()'-]{1,80}(:[A-Za-z0-9_.-]{1,80})?"),
    "kinesis": re.compile(r"stream/[A-Za-z0-9_.-]{1,128}"),
    "firehose": re.compile(r"deliverystream/[A-Za-z0-9_.-]{1,64}"),
    "s3": re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/((?!\.{1,2}/)[A-Za-z0-9!_.=@+:,-]+/)*"),
}
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-~]{1,511}/)?[A-Za-z0-9_+=,.@-]{1,64}")
KINDS: Final = (
    "an SQS queue, an SNS topic, an EventBridge bus, a Lambda function, a state machine, a Kinesis or "
    "Firehose stream, or a bucket and a prefix that ends with a slash"
)
WITH_KEYS: Final = {"s3": OF_OBJECTS, "kinesis": OF_RECORDS}
"""What makes the key of an object or a record, unless the subscription says so."""


@dataclass(frozen=True, slots=True)
class Arn:
    """`resource` is all behind the account: a queue's name, `event-bus/orders`, `function:books`. Of S3 it is
    the bucket and the prefix, `region` and `account` are empty."""

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
    service has places of its own for. `key`: of the object or the record. `waits`: seconds for the answer of
    a function, 0 = none is waited for. `role_arn`: whose rights are used, None = the dispatcher's own.
    `large`: what the service finds too large goes as a pointer."""

    tenant_id: str
    subscription_id: str
    event_id: str
    event_type: str
    source_id: str
    hops: int
    key: str = ""
    waits: int = 0
    role_arn: str | None = None
    large: bool = False


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """What targets there may be: `arns` with `*` and `?` as IAM has them, for these `tenants` alone; with a
    role, whatever the role may write to, if it is one of `roles`. Never one of `own` (ARNs of Doorbell's
    queues and bucket) or a function of `stack`. A listener's queue needs none of it, and is for its own
    subscription alone."""

    arns: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    stack: str = ""
    roles: tuple[str, ...] = ()

    def problem_with(
        self, text: str, tenant_id: str, subscription_id: str = "", role_arn: str | None = None
    ) -> str | None:
        """Why nothing may be sent there for this subscription of this tenant."""
        arn = parse(text)
        if isinstance(arn, str):
            return arn
        if self._is_own(arn):
            return "it is a part of Doorbell itself"
        if self.listens(arn):
            own = arn.resource == queue_name(self.stack, tenant_id, subscription_id) and role_arn is None
            return None if own else "only `doorbell listen --forward` has such a queue, each its own"
        if (here := self._partition()) and arn.partition != here:
            return f"{here} has no way to {arn.partition}: partitions of AWS know nothing of each other"
        if role_arn is not None:
            return self._problem_with_role(role_arn, arn)
        if not self.arns:
            return "this stack has no targets: deploy it with the parameter TargetArns"
        if tenant_id not in self.tenants:
            return f'the tenant "{tenant_id}" may have no targets: see the parameter TargetTenants'
        # An S3 target is a prefix; what is written is below it.
        if not any(
            matches(pattern, f"{text}a/key" if arn.service == "s3" else text) for pattern in self.arns
        ):
            return "the parameter TargetArns does not name it"
        if arn.service == "firehose" and self._is_elsewhere(arn.account):
            return "Firehose takes no records from another account: name a role_arn there"
        return None

    def listens(self, arn: Arn) -> bool:
        """Whether it is the queue of somebody's listener: what goes there is an envelope."""
        return arn.service == "sqs" and is_listeners(self.stack, arn.resource)

    def _problem_with_role(self, role_arn: str, arn: Arn) -> str | None:
        if not any(matches(pattern, role_arn) for pattern in self.roles):
            return f"the parameter TargetRoleArns does not name the role {role_arn}"
        if arn.partition != role_arn.split(":")[1]:
            return f"the role {role_arn} is in another partition of AWS than the target"
        if arn.service == "firehose" and arn.account != role_arn.split(":")[4]:
            return "Firehose takes no records from another account: name a role of its account"
        return None

    def _partition(self) -> str | None:
        """Doorbell's own, read off its queues. None: it is not known."""
        found = {one.split(":")[1] for one in self.own if one.split(":")[2] == "sqs"} - {"*"}
        return min(found, default=None)

    def _is_elsewhere(self, account: str) -> bool:
        """Doorbell's own account is read off its queues."""
        accounts = {found[4] for one in self.own if (found := one.split(":"))[2] == "sqs"}
        return bool(accounts) and account not in accounts

    def _is_own(self, arn: Arn) -> bool:
        if arn.service == "lambda":
            return arn.resource.split(":")[1] in {f"{self.stack}-{name}" for name in FUNCTIONS}
        return any(matches(pattern, arn.text) for pattern in self.own)


def parse(text: str) -> Arn | str:
    """The ARN, or why it is none that can be sent to."""
    found = _ARN.fullmatch(text) or _S3_ARN.fullmatch(text)
    if found is None:
        return "not an ARN with region and account, such as arn:aws:sqs:eu-central-1:123456789012:orders"
    arn = Arn(text, *found.groups())
    form = _RESOURCES.get(arn.service)
    if form is None:
        return f"Doorbell cannot send to {arn.service}: a target is {KINDS}"
    if form.fullmatch(arn.resource) is None or (arn.service == "s3" and arn.region):  # an access point
        return f"not the ARN of a target: that is {KINDS}"
    return arn


def is_role(text: str) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html"""
    return _ROLE.fullmatch(text) is not None


def external_id(stack: str, tenant_id: str, subscription_id: str) -> str:
    """By which a role knows whose delivery it is assumed for: no two subscriptions have the same, since a
    slash is in none of the three. Characters as sts:AssumeRole takes them; no secret, and it need not be one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"""
    return f"doorbell/{stack}/{tenant_id}/{subscription_id}"


def matches(pattern: str, text: str) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, text) is not None
