"""The secrets that an item refers to, and references that lead nowhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from doorbell.domain.credentials import is_secret_reference
from doorbell.domain.errors import SecretMissing, Unavailable
from doorbell.domain.sources import Source
from doorbell.domain.subscriptions import Subscription
from doorbell.store.items.models import load_source, load_subscription
from doorbell.store.secrets.secret_fetch import MAY_NOT
from doorbell.store.secrets.secrets import SecretStore
from doorbell_cli.configuration import SUBSCRIPTION, Kind
from doorbell_cli.secret_text import PREFIX, label_of

type Reference = tuple[str, str]
"""The field, and the reference that stands in it."""


def references(item: Source | Subscription) -> list[Reference]:
    found = [("secrets", reference) for reference in item.secrets]
    if isinstance(item, Source):
        found += [("verify_token_ref", item.verify_token_ref)] if item.verify_token_ref else []
        back = item.backfill
        return found + ([("backfill.credentials_ref", back.credentials_ref)] if back else [])
    found += [("headers", value) for value in item.headers.values() if is_secret_reference(value)]
    found += [("ca_bundle_ref", item.ca_bundle_ref)] if item.ca_bundle_ref else []
    found += [("client_cert_ref", item.client_cert_ref)] if item.client_cert_ref else []
    return found + ([("oauth.client_secret_ref", item.oauth.client_secret_ref)] if item.oauth else [])


def out_of_reach(reference: str) -> str | None:
    """Below which name the functions can read, where the reference is not there."""
    service, _, name = reference.partition(":")
    if service == "ssm" and not name.startswith(PREFIX):
        return PREFIX
    if service == "secretsmanager" and not name.split(":secret:")[-1].startswith("doorbell/"):
        return "doorbell/"
    return None


def lead_nowhere(secrets: SecretStore, kind: Kind, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The field, and why nothing is found by the reference in it; one call of AWS for each reference. What
    the caller may not read is not told: the functions may. Nor is what AWS does not answer for."""
    item = load_subscription(values) if kind is SUBSCRIPTION else load_source(values)
    for field, reference in references(item):
        try:
            secrets.resolve([reference], owner=kind.owner(values))
        except SecretMissing as error:
            if error.problem != MAY_NOT:
                yield field, f"secret {label_of(reference)}: {error.problem}"
        except Unavailable:
            return
        else:
            if below := out_of_reach(reference):
                yield field, f"secret {label_of(reference)}: the functions can read only below {below}"
