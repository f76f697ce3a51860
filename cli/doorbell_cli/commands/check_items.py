"""What can be wrong with one source, subscription or event type, its secrets, its URL and its endpoint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.credentials import is_secret_reference
from doorbell.domain.errors import ConfigError, SecretMissing
from doorbell.domain.health import Circuit
from doorbell.domain.sources import Source
from doorbell.domain.subscriptions import Subscription
from doorbell.egress.errors import GuardError
from doorbell.egress.guard import EgressPolicy, check_url, resolve
from doorbell.egress.resolver import SystemResolver
from doorbell.payloads.schema import check_schema
from doorbell.store.event_types import schema_of
from doorbell.store.items import load_source, load_subscription
from doorbell_cli.configuration import SUBSCRIPTION, Kind, endpoints, found_in, now, secret_store
from doorbell_cli.output import clock
from doorbell_cli.secret_text import PREFIX, label_of
from doorbell_cli.target import Target

LOOKUP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` is a command where one can help."""

    what: str
    problem: str
    advice: str

    @property
    def document(self) -> dict[str, str]:
        return {"where": self.what, "problem": self.problem, "advice": self.advice}


class Examiner:
    def __init__(self, target: Target, egress: EgressPolicy) -> None:
        self._target, self._egress = target, egress
        self._secrets, self._endpoints = secret_store(target), endpoints(target)
        self._resolver = SystemResolver()

    def examine(self, kind: Kind, values: Mapping[str, Any]) -> Iterator[Finding]:
        where = kind.label(values)
        broken = found_in(kind, values, self._egress)
        if broken:
            yield from (self._broken(kind, where, error) for error in broken)
            return
        item = load_subscription(values) if kind is SUBSCRIPTION else load_source(values)
        owner = kind.owner(values)
        for reference in _references(item):
            yield from self._secret(where, reference, owner)
        if isinstance(item, Subscription):
            yield from self._subscription(where, item, values)

    def _broken(self, kind: Kind, where: str, error: ConfigError) -> Finding:
        name = where.removeprefix(f"{kind.name} ")
        advice = f"it is skipped until mended: doorbell {kind.name}s put, or delete {name}"
        return Finding(where, f"{error.field}: {error.problem}", advice)

    def _secret(self, where: str, reference: str, owner: Mapping[str, str]) -> Iterator[Finding]:
        label = label_of(reference)
        try:
            self._secrets.resolve([reference], owner=owner)
        except SecretMissing as error:
            yield Finding(where, f"secret {label}: {error.problem}", "store it, or refer to another")
            return
        service, _, name = reference.partition(":")
        if service == "ssm" and not name.startswith(PREFIX):
            yield Finding(
                where, f"secret {label}: the functions may read {PREFIX}… only", f"move it to {PREFIX}…"
            )
        if service == "secretsmanager" and not name.split(":secret:")[-1].startswith("doorbell/"):
            yield Finding(where, f"secret {label}: the functions may read doorbell/… only", "move it there")

    def _subscription(self, where: str, item: Subscription, values: Mapping[str, Any]) -> Iterator[Finding]:
        name = item.endpoint_id
        if not item.enabled:
            if values.get("disabled_at") and item.disabled_reason:
                yield Finding(
                    where, f"disabled: {item.disabled_reason}", f"doorbell subscriptions enable {name}"
                )
            return
        urls = [item.url, *([item.oauth.token_url] if item.oauth else [])]
        for url in urls:
            try:
                resolve(check_url(url, self._egress), self._egress, self._resolver, LOOKUP_SECONDS)
            except GuardError as error:
                yield Finding(
                    where, f"url: {error.code}: {error.detail}", "deliveries fail: mend the URL or its DNS"
                )
        yield from self._health(where, item)

    def _health(self, where: str, item: Subscription) -> Iterator[Finding]:
        health = self._endpoints.health(item.endpoint_id)
        advice = f"doorbell deliveries list --tenant {item.tenant_id} --subscription {item.subscription_id}"
        if health.circuit(now()) is Circuit.OPEN:
            problem = f"endpoint parked until {clock(health.parked_until)} after {health.failures} failures"
            yield Finding(where, problem, advice)
        elif health.failures:
            since = clock(health.failing_since)
            yield Finding(
                where, f"endpoint has failed {health.failures} times in a row since {since}", advice
            )


def event_type(values: Mapping[str, Any]) -> Iterator[Finding]:
    """Read as publish reads it: while it is broken, publish refuses every event of the type (503)."""
    where = event_type_label(values)
    try:
        check_schema(where, schema_of(values))
    except ConfigError as error:
        path = f"/admin/tenants/{values['tenant_id']}/event-types/{values['event_type']}"
        advice = f"events of this type are refused until it is mended: PUT or DELETE {path}"
        yield Finding(where, f"{error.field}: {error.problem}", advice)


def event_type_label(values: Mapping[str, Any]) -> str:
    return f"event type {values['tenant_id']}/{values['event_type']}"


def _references(item: Source | Subscription) -> Sequence[str]:
    found = list(item.secrets)
    if isinstance(item, Source):
        return found + ([item.verify_token_ref] if item.verify_token_ref else [])
    found += [value for value in item.headers.values() if is_secret_reference(value)]
    found += [reference for reference in (item.ca_bundle_ref, item.client_cert_ref) if reference]
    return found + ([item.oauth.client_secret_ref] if item.oauth else [])
