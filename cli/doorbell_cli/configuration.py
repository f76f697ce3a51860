"""Sources and subscriptions of a target: their tables, their checks, their secrets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.domain.subscriptions import scoped
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.guard import problem_with as problem_with_url
from doorbell.payloads.expressions import problem_with as problem_with_expression
from doorbell.runtime.settings import Settings
from doorbell.signatures.gate import Gate
from doorbell.store.config_tables import SOURCE_KEY, SUBSCRIPTION_KEY, ConfigTable
from doorbell.store.endpoints import EndpointTable
from doorbell.store.items import Checks, SourceItem, SubscriptionItem, problems
from doorbell.store.secrets import SecretStore
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


def policy(target: Target) -> EgressPolicy:
    """What the deployed dispatcher may call, by the stack's parameters."""
    parameters = target.parameters
    environ = {
        "EGRESS_ALLOW_HTTP": parameters.get("AllowHttp", ""),
        "EGRESS_ALLOWED_CIDRS": parameters.get("EgressAllowedCidrs", ""),
        "EGRESS_ALLOWED_PORTS": parameters.get("EgressAllowedPorts", ""),
    }
    settings = Settings.from_environ(environ)
    return EgressPolicy(
        settings.egress_allow_http, settings.egress_allowed_ports, settings.egress_allowed_cidrs
    )


def checks(egress: EgressPolicy) -> Checks:
    """Everything that can be known of an item without asking anybody."""
    return Checks(
        url=lambda url: problem_with_url(url, egress),
        expression=problem_with_expression,
        source=Gate().check_source,
    )


def found_in(kind: Kind, values: Mapping[str, Any], egress: EgressPolicy) -> list[ConfigError]:
    """Everything that is wrong with an item; [] when it can be used."""
    marked = {"subscription_id": None, **values} if kind is SUBSCRIPTION else values
    return problems(marked, checks(egress))


def secret_store(target: Target) -> SecretStore:
    return SecretStore(target.client)


def endpoints(target: Target) -> EndpointTable:
    return EndpointTable(target.client("dynamodb"), target.table("Endpoints"))


def forget_health(target: Target, values: Mapping[str, Any]) -> None:
    """After a subscription was switched on: the breaker of yesterday must not hold it."""
    endpoints(target).reset(scoped(str(values["tenant_id"]), str(values["subscription_id"])))


def now() -> float:
    return time.time()


def storable(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """A valid item in the form it is written in."""
    return kind.model.model_validate(values).to_item()
