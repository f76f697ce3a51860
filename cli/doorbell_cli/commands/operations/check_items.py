"""What can be wrong with one source, subscription or event type, its secrets, its URL and its endpoint."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doorbell.domain.errors import ConfigError, SecretMissing
from doorbell.domain.failures import in_words
from doorbell.domain.health import Circuit
from doorbell.domain.presets import signing_of
from doorbell.domain.reserved import reserved
from doorbell.domain.subscriptions import Subscription
from doorbell.egress.errors import GuardError
from doorbell.egress.guard import EgressPolicy, check_url, resolve
from doorbell.egress.resolver import SystemResolver
from doorbell.payloads.schema import check_schema
from doorbell.store.configuration.event_types import schema_of
from doorbell.store.items.models import load_source, load_subscription
from doorbell_cli.commands.operations.check_backfill import back_fill_findings
from doorbell_cli.commands.operations.check_pauses import paused, paused_source
from doorbell_cli.commands.operations.check_targets import reach
from doorbell_cli.commands.operations.findings import Finding, Listed, Note
from doorbell_cli.configuration import (
    SOURCE,
    SUBSCRIPTION,
    Kind,
    endpoints,
    found_in,
    now,
    problem_with_secret,
    secret_store,
)
from doorbell_cli.ops.oddities import local_only, oddities, tenants_of_sources
from doorbell_cli.ops.receivers import unreadable
from doorbell_cli.ops.references import out_of_reach, references
from doorbell_cli.output import clock
from doorbell_cli.secret_text import label_of
from doorbell_cli.target import Target

LOOKUP_SECONDS = 5.0


class Examiner:
    def __init__(self, target: Target, egress: EgressPolicy) -> None:
        self._target, self._egress = target, egress
        self._secrets, self._endpoints = secret_store(target), endpoints(target)
        self._resolver = SystemResolver()
        self._tenant_of = tenants_of_sources(target)

    def examine(self, kind: Kind, values: Mapping[str, Any]) -> Iterator[Finding | Note]:
        where = kind.label(values)
        if kind is SOURCE and (taken := reserved(values)) is not None:
            yield Note(
                where, f"{taken[0]}: {taken[1]}: this one keeps working, but its events stand among those."
            )
        broken = found_in(kind, values, self._egress)
        if broken:
            yield from (self._broken(kind, where, error) for error in broken)
            return
        item = load_subscription(values) if kind is SUBSCRIPTION else load_source(values)
        owner = kind.owner(values)
        for _, reference in references(item):
            yield from self._secret(where, reference, owner)
        for reference in item.secrets:
            yield from self._form(kind, where, values, reference)
        if isinstance(item, Subscription):
            yield from self._subscription(where, item, values)
        else:
            yield from back_fill_findings(self._target, where, item)
            yield from paused_source(self._target, where, values)

    def _broken(self, kind: Kind, where: str, error: ConfigError) -> Finding:
        name = where.removeprefix(f"{kind.name} ")
        advice = f"It is skipped until it is repaired: doorbell {kind.name}s put {name}, or delete it."
        return Finding(where, f"{error.field}: {error.problem}", advice)

    def _secret(self, where: str, reference: str, owner: Mapping[str, str]) -> Iterator[Finding]:
        label = label_of(reference)
        try:
            self._secrets.resolve([reference], owner=owner)
        except SecretMissing as error:
            yield Finding(
                where, f"secret {label}: {error.problem}", "Store the secret, or refer to another one."
            )
            return
        if below := out_of_reach(reference):
            problem = f"secret {label}: the functions can read only below {below}"
            yield Finding(where, problem, f"Move it below {below}.")

    def _form(
        self, kind: Kind, where: str, values: Mapping[str, Any], reference: str
    ) -> Iterator[Finding | Note]:
        """What is there and cannot be used, here or by receivers; what is not there is told already."""
        try:
            (text,) = self._secrets.resolve([reference], owner=kind.owner(values))
        except SecretMissing:
            return
        if problem := problem_with_secret(kind, values, text):
            yield Finding(where, f"secret {label_of(reference)}: {problem}", "store another in its place")
        elif kind is SUBSCRIPTION:
            for trouble in unreadable(signing_of(values), text):
                yield Note(where, f"secret {label_of(reference)}: {trouble}")

    def _subscription(
        self, where: str, item: Subscription, values: Mapping[str, Any]
    ) -> Iterator[Finding | Note]:
        name = item.endpoint_id
        for field, problem in oddities(item, values.get("event_types"), self._tenant_of):
            yield Finding(where, f"{field}: {problem}", f"Correct it: doorbell subscriptions put {name}")
        if not item.enabled:
            if values.get("disabled_at") and item.disabled_reason:
                yield Finding(
                    where, f"disabled: {item.disabled_reason}", f"doorbell subscriptions enable {name}"
                )
            return
        if item.paused:
            yield paused(where, name, values)
        if item.has_target:
            yield from reach(self._target, where, item)
        for url in _urls(item):
            try:
                resolve(check_url(url, self._egress), self._egress, self._resolver, LOOKUP_SECONDS)
            except GuardError as error:
                yield Finding(
                    where,
                    f"url: {error.code}: {error.detail}",
                    "Deliveries fail. Correct the URL or its DNS.",
                )
        yield from self._health(where, item)

    def _health(self, where: str, item: Subscription) -> Iterator[Finding]:
        health = self._endpoints.health(item.endpoint_id)
        advice = f"doorbell status {item.endpoint_id}"
        if health.circuit(now()) is Circuit.OPEN:
            problem = f"endpoint parked until {clock(health.parked_until)} after {in_words(health.failures)}"
            yield Finding(where, problem, advice)
        elif health.failures:
            since = clock(health.failing_since)
            yield Finding(
                where, f"endpoint has had {in_words(health.failures)} in a row since {since}", advice
            )


def _urls(item: Subscription) -> list[str]:
    urls = [] if item.has_target else [item.url]
    return [*urls, *([item.oauth.token_url] if item.oauth else [])]


def local_notes(items: Sequence[Listed], egress: EgressPolicy) -> Iterator[Note]:
    """What works here, and would not on AWS: nothing is wrong with it, and it is good to know."""
    for one in items:
        if one.kind is SUBSCRIPTION and not found_in(SUBSCRIPTION, one.values, egress):
            for field, problem in local_only(load_subscription(one.values)):
                yield Note(one.where, f"{field}: {problem}")


def event_type(values: Mapping[str, Any]) -> Iterator[Finding]:
    """Read as publish reads it: while it is broken, publish refuses every event of the type (503)."""
    where = event_type_label(values)
    try:
        check_schema(where, schema_of(values))
    except ConfigError as error:
        path = f"/admin/tenants/{values['tenant_id']}/event-types/{values['event_type']}"
        advice = f"Events of this type are refused until it is repaired: PUT or DELETE {path}"
        yield Finding(where, f"{error.field}: {error.problem}", advice)


def event_type_label(values: Mapping[str, Any]) -> str:
    return f"event type {values['tenant_id']}/{values['event_type']}"
