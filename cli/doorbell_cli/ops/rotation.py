"""A rotation's two steps, for the command and for the console: the new secret is kept beside the old one."""

from collections.abc import Mapping, Sequence
from typing import Any

from doorbell.domain.presets import PAGERDUTY, signing_of
from doorbell_cli.configuration import Kind
from doorbell_cli.secret_text import store_beside, store_new
from doorbell_cli.target import Target

UNSEEN = "ssm:/doorbell/not-stored-yet"
"""Stands for a secret while the item is checked, so that nothing is stored for an item that is refused."""


def why_none_is_made(values: Mapping[str, Any]) -> str:
    """Of a subscription, in a sentence; "": a new secret is made here, and signs."""
    if values.get("preset") == PAGERDUTY:
        return "Its secret is PagerDuty's routing key. Give the new one: rotate-secret with --secret-stdin."
    if signing_of(values) == "none":
        return "Its deliveries are not signed (signing: none), so a new secret would be of no use."
    return ""


def references_of(values: Mapping[str, Any]) -> list[str] | None:
    """Those of an item, newest first; None: what stands there is no list of texts."""
    found: Any = values.get("secrets") or []
    if not isinstance(found, list | tuple | set) or not all(isinstance(entry, str) for entry in found):
        return None
    return list(found)


def kept_beside(
    target: Target, kind: Kind, values: Mapping[str, Any], present: Sequence[str], secret: str
) -> str:
    """The reference to a new secret, in the service that the present one is in."""
    owner = kind.owner(values)
    if present:
        return store_beside(target, present[0], owner, secret)
    return store_new(target, kind.name, owner, secret)
