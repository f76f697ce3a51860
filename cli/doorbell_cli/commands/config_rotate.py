"""A new secret beside the old one, and later the old one away: no delivery and no ring is lost meanwhile.

rotate-secret            secrets: [new, old]   deliveries carry both signatures, rings are taken with both
(hand the new one over)
rotate-secret --finish   secrets: [new]
"""

from collections.abc import Sequence
from typing import Any

from doorbell.store.config_tables import Stored
from doorbell_cli.commands.config_items import refuse_broken, save
from doorbell_cli.commands.config_plan import Change
from doorbell_cli.configuration import Kind
from doorbell_cli.output import Output, fail
from doorbell_cli.secret_text import shown_reference, store_beside, store_new
from doorbell_cli.target import Target

UNSEEN = "ssm:/doorbell/not-stored-yet"
"""Stands for a secret while the item is checked, so that nothing is stored for an item that is refused."""


def begin(target: Target, kind: Kind, stored: Stored, secret: str) -> str:
    """The new reference, which now is the first."""
    present = _present(target, kind, stored)
    if len(present) > 1:
        label = kind.label(stored.values)
        fail(f"{label} has {len(present)} secrets already: finish that rotation first (--finish)")
    refuse_broken(target, kind, {**stored.values, "secrets": [UNSEEN, *present]})
    owner = kind.owner(stored.values)
    reference = (
        store_beside(target, present[0], owner, secret)
        if present
        else store_new(target, kind.name, owner, secret)
    )
    _replace(target, kind, stored, [reference, *present])
    return reference


def finish(target: Target, out: Output, kind: Kind, stored: Stored) -> None:
    present = _present(target, kind, stored)
    if len(present) < 2:
        fail(f"{kind.label(stored.values)} has one secret: no rotation is under way")
    _replace(target, kind, stored, present[:1])
    kept, *gone = (shown_reference(reference) for reference in present)
    out.say(f"{kind.label(stored.values)}: only {kept} is left")
    for reference in gone:
        if not reference.startswith("kms:"):
            out.note(f"{reference} is not used here any more; delete it when nothing else refers to it")
    out.document({"action": "finished", "secrets": [kept], "no_longer_used": gone})


def _replace(target: Target, kind: Kind, stored: Stored, references: Sequence[str]) -> None:
    values = {**stored.values, "secrets": list(references)}
    save(target, Change("update", kind, values, stored))


def _present(target: Target, kind: Kind, stored: Stored) -> list[str]:
    """Ends the command when what stands there is no list of texts."""
    found: Any = stored.values.get("secrets") or []
    if not isinstance(found, list | tuple | set) or not all(isinstance(entry, str) for entry in found):
        refuse_broken(target, kind, stored.values)
    return list(found)
