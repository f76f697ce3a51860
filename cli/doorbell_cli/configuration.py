"""Sources and subscriptions of a target: their tables, their checks, their secrets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.domain.holders import list_of_source
from doorbell.domain.presets import signing_of
from doorbell.domain.subscriptions import scoped
from doorbell.domain.targets import TargetPolicy
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.guard import problem_with as problem_with_url
from doorbell.payloads.expressions import problem_with as problem_with_expression
from doorbell.runtime.settings import Settings
from doorbell.runtime.source_rules import check_source
from doorbell.signatures import source_check
from doorbell.signatures.signing import outgoing
from doorbell.store.configuration.config_tables import SOURCE_KEY, SUBSCRIPTION_KEY, ConfigTable
from doorbell.store.endpoints import EndpointTable
from doorbell.store.health.off_times import OFF, PAUSED, OffTimes
from doorbell.store.items.models import Checks, SourceItem, SubscriptionItem, problems
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.configure import off_since, paused_since
from doorbell_cli.target import Target

DEFAULT_TENANT = "default"


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is also the key of the kind's list in a YAML file, with an s."""

    name: str
    output: str
    key: tuple[str, ...]
    model: type[SourceItem] | type[SubscriptionItem]

    def table(self, target: Target) -> ConfigTable:
        return ConfigTable(target.client("dynamodb"), target.table(self.output), self.key)

    def label(self, values: Mapping[str, Any]) -> str:
        return f"{self.name} {'/'.join(str(values.get(name, '?')) for name in self.key)}"

    def key_of(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(values.get(name, "")) for name in self.key)

    def owner(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The encryption context of the item's `kms:` references."""
        return {name: str(values.get(name, "")) for name in self.key}


SOURCE = Kind("source", "Sources", SOURCE_KEY, SourceItem)
SUBSCRIPTION = Kind("subscription", "Subscriptions", SUBSCRIPTION_KEY, SubscriptionItem)
KINDS = (SOURCE, SUBSCRIPTION)


@dataclass(frozen=True)
class Ways(EgressPolicy):
    """Of a stack: what URLs it may call, and beside them what targets it may send to."""

    targets: TargetPolicy = field(default_factory=TargetPolicy)


def policy(target: Target) -> Ways:
    """What the deployed dispatcher may call, by the stack's parameters."""
    parameters = target.parameters
    environ = {
        "EGRESS_ALLOW_HTTP": parameters.get("AllowHttp", ""),
        "EGRESS_ALLOWED_CIDRS": parameters.get("EgressAllowedCidrs", ""),
        "EGRESS_ALLOWED_PORTS": parameters.get("EgressAllowedPorts", ""),
        "TARGET_ARNS": parameters.get("TargetArns", ""),
        "TARGET_TENANTS": parameters.get("TargetTenants", ""),
        "TARGET_ROLE_ARNS": parameters.get("TargetRoleArns", ""),
    }
    read = Settings.from_environ(environ)
    targets = TargetPolicy(
        read.target_arns, read.target_tenants, _own(target), target.name, read.target_role_arns
    )
    return Ways(read.egress_allow_http, read.egress_allowed_ports, read.egress_allowed_cidrs, targets)


def _own(target: Target) -> tuple[str, ...]:
    """Queues and the bucket, as patterns: the outputs are URLs and names."""
    urls = (value for name, value in target.outputs.items() if name.endswith("QueueUrl"))
    queues = (f"arn:*:sqs:*:{':'.join(url.split('/')[-2:])}" for url in urls)
    return (*queues, f"arn:*:s3:::{target.outputs.get('BodiesBucketName', '')}/*")


def checks(egress: EgressPolicy) -> Checks:
    """Everything that can be known of an item without asking anybody."""
    return Checks(
        url=lambda url: problem_with_url(url, egress),
        expression=problem_with_expression,
        source=check_source,
        target=egress.targets.problem_with if isinstance(egress, Ways) else None,
    )


def found_in(kind: Kind, values: Mapping[str, Any], egress: EgressPolicy) -> list[ConfigError]:
    """Everything that is wrong with an item; [] when it can be used."""
    marked = {"subscription_id": None, **values} if kind is SUBSCRIPTION else values
    return problems(marked, checks(egress))


def problem_with_secret(kind: Kind, values: Mapping[str, Any], secret: str) -> str:
    """Why `secret` can be none of this item's, by its form alone; "" where it may be."""
    if kind is SUBSCRIPTION:
        form = signing_of(values)
        return "" if form == "none" else outgoing.secret_problem(form, secret)
    try:
        return source_check.secret_problem(str(values.get("provider", "")), values.get("scheme"), secret)
    except ConfigError:
        return ""  # the scheme is what is wrong, and is told as that


def secret_store(target: Target) -> SecretStore:
    return SecretStore(target.client)


def endpoints(target: Target) -> EndpointTable:
    return EndpointTable(target.client("dynamodb"), target.table("Endpoints"))


def off_times(target: Target, attribute: str = OFF) -> OffTimes:
    return OffTimes(target.client("dynamodb"), target.table("Endpoints"), attribute)


def forget_health(target: Target, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """After a subscription was switched on: the breaker of yesterday must not hold it. How long it was off is
    written down, for those who replay. `before`: its item as it was, {} for none."""
    name = scoped(str(values["tenant_id"]), str(values["subscription_id"]))
    endpoints(target).reset(name)
    if (since := off_since(before, {**values, "enabled": True})) is not None:
        off_times(target).add(name, since, now())


def resumed(target: Target, values: Mapping[str, Any]) -> None:
    """After a subscription or a source is not paused any more: who waits is looked at by the next sweep. How
    long a subscription was is written down. `values`: its item as it was."""
    endpoints(target).resumed(list_of(values), now())
    if "subscription_id" in values and (since := paused_since(values)) is not None:
        off_times(target, PAUSED).add(list_of(values), since, now())


def list_of(values: Mapping[str, Any]) -> str:
    """Where those wait whom a pause of this item holds."""
    if "subscription_id" in values:
        return scoped(str(values["tenant_id"]), str(values["subscription_id"]))
    return list_of_source(str(values["source_id"]), values)


def now() -> float:
    return time.time()


def storable(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """A valid item in the form it is written in."""
    return kind.model.model_validate(values).to_item()
