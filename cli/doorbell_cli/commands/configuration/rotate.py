"""A new secret beside the old one, and later the old one away: no delivery and no ring is lost meanwhile.

rotate-secret            secrets: [new, old]   deliveries carry both signatures, rings are taken with both
(hand the new one over)
rotate-secret --finish   secrets: [new]
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer

from doorbell.store.configuration.config_tables import Stored
from doorbell_cli.commands.configuration.items import existing, refuse_broken, save
from doorbell_cli.commands.configuration.plan import Change
from doorbell_cli.commands.typed import refuse_other
from doorbell_cli.configuration import Kind, now, problem_with_secret
from doorbell_cli.ops.in_force import by_json, in_force_by
from doorbell_cli.ops.rotation import UNSEEN, kept_beside, references_of
from doorbell_cli.output import Exit, Output, clock, fail
from doorbell_cli.secret_text import shown_reference
from doorbell_cli.target import Target, connected

_WITH_FINISH = ("name", "finish", "stack", "as_json")


@dataclass(frozen=True, slots=True)
class Rotation:
    """One that begins: `stored` is the item as it was."""

    target: Target
    out: Output
    kind: Kind
    stored: Stored

    def begin(self, secret: str) -> tuple[str, float]:
        """The new reference, which now is the first, and by when it is in force, in epoch seconds."""
        target, kind, stored = self.target, self.kind, self.stored
        present = _present(target, kind, stored)
        if len(present) > 1:
            label = kind.label(stored.values)
            fail(f"{label} already has {len(present)} secrets. Finish that rotation first (--finish).")
        refuse_broken(target, kind, {**stored.values, "secrets": [UNSEEN, *present]})
        refuse_unusable(kind, stored.values, secret)
        reference = kept_beside(target, kind, stored.values, present, secret)
        return reference, _replace(target, kind, stored, [reference, *present])


def refuse_unusable(kind: Kind, values: Mapping[str, Any], secret: str) -> None:
    """End the command, with nothing stored, for a secret whose form is not that of the item's secrets."""
    problem = problem_with_secret(kind, values, secret)
    if problem:
        fail(f"{kind.label(values)}: the secret cannot be used: {problem}", Exit.USAGE)


def rotate(
    context: typer.Context,
    kind: Kind,
    name: str,
    begin: Callable[[Rotation], None],
    *,
    finish: bool,
    stack: str | None,
    as_json: bool,
) -> None:
    """What both `rotate-secret` commands do: `begin` makes the new secret and says what to do with it."""
    if finish:
        refuse_other(context, _WITH_FINISH, "Leave it out: --finish makes no secret.")
    with connected(stack) as target:
        out, stored = Output(as_json), existing(target, kind, name)
        if finish:
            _finish(target, out, kind, stored)
        else:
            begin(Rotation(target, out, kind, stored))


def _finish(target: Target, out: Output, kind: Kind, stored: Stored) -> None:
    present = _present(target, kind, stored)
    if len(present) < 2:
        fail(f"{kind.label(stored.values)} has one secret. No rotation is under way.")
    by = _replace(target, kind, stored, present[:1])
    kept, *gone = (shown_reference(reference) for reference in present)
    out.say(f"{kind.label(stored.values)}: the only secret by {clock(by)} UTC is {kept}")
    for reference in gone:
        if not reference.startswith("kms:"):
            out.note(f"{reference} is then no longer used here. Delete it when nothing else refers to it.")
    out.document({"action": "finished", "secrets": [kept], "no_longer_used": gone, **by_json(by)})


def _replace(target: Target, kind: Kind, stored: Stored, references: Sequence[str]) -> float:
    """By when it is in force, in epoch seconds."""
    values = {**stored.values, "secrets": list(references)}
    save(target, Change("update", kind, values, stored))
    return in_force_by(kind, now())


def _present(target: Target, kind: Kind, stored: Stored) -> list[str]:
    """Ends the command when what stands there is no list of texts."""
    found = references_of(stored.values)
    if found is None:
        refuse_broken(target, kind, stored.values)
    return found or []
