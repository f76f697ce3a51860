"""What `sources put` and `subscriptions put` have in common: a name and flags, or a file with whole items."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import typer

from doorbell_cli.commands.configuration.flags import from_file, without
from doorbell_cli.commands.configuration.items import key_from, refuse_broken, told_all, write
from doorbell_cli.commands.configuration.rotate import refuse_unusable
from doorbell_cli.commands.typed import refuse_other
from doorbell_cli.configuration import Kind
from doorbell_cli.ops.rotation import UNSEEN
from doorbell_cli.output import Exit, Output, fail
from doorbell_cli.secret_text import store_new
from doorbell_cli.target import Target, connected


class Finish(Protocol):
    """Keeps the secret that the item needs, writes the item and says so."""

    def __call__(self, out: Output, target: Target, values: dict[str, Any]) -> None: ...


_BESIDE_A_FILE = ("file", "name", "stack", "as_json")


def refuse_flags_beside_a_file(context: typer.Context) -> None:
    """The item is as its file says: a flag would change nothing."""
    if context.params["file"] is not None:
        refuse_other(context, _BESIDE_A_FILE, "Leave it out: the file has all of the item.")


@dataclass(frozen=True, slots=True)
class Put:
    """One call of `put`. `fields` are those whose flags were given, `unset` the names of those to drop.
    `merge` makes of the item that is there and the fields those to write."""

    kind: Kind
    name: str | None
    file: Path | None
    fields: dict[str, Any]
    unset: Sequence[str] | None
    stack: str | None
    as_json: bool
    merge: Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]] = lambda before, fields: fields

    def run(self, finish: Finish) -> None:
        if (self.name is None) == (self.file is None):
            fail(f"Name a {self.kind.name} or a --file, one of the two.", Exit.USAGE)
        with connected(self.stack) as target:
            out = Output(self.as_json)
            if self.file is not None:
                items = from_file(self.file, self.kind)
                told_all(out, [write(target, self.kind, values) for values in items])
            else:
                finish(out, target, self._merged(target, str(self.name)))

    def _merged(self, target: Target, name: str) -> dict[str, Any]:
        """The item that is there, if any, with what is given in place."""
        key = key_from(self.kind, name)
        stored = self.kind.table(target).get(*key)
        before = stored.values if stored is not None else {}
        own_key = dict(zip(self.kind.key, key, strict=True))
        return without({**before, **own_key, **self.merge(before, self.fields)}, self.unset or [], self.kind)


def keep_secret(target: Target, kind: Kind, values: dict[str, Any], secret: Callable[[], str]) -> str:
    """Store the secret and refer to it, as the only one; the secret. Where the item is refused, nothing is
    asked for or stored."""
    refuse_broken(target, kind, {**values, "secrets": [UNSEEN]})
    text = secret()
    refuse_unusable(kind, values, text)
    values["secrets"] = [store_new(target, kind.name, kind.owner(values), text)]
    return text
