"""Which sources refuse requests, as `status` and `check` say it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doorbell_cli.commands.operations.findings import Note
from doorbell_cli.configuration import SOURCE
from doorbell_cli.ops.counts import Refused, refused_in_words, refused_of, with_kept
from doorbell_cli.output import Output, Styled
from doorbell_cli.target import Target


def say_refused(target: Target, out: Output, tenant: str) -> None:
    """A table, where there is any in the last hour. Costs a scan of the sources and a call for each seven."""
    if out.as_json:
        return
    found = refusing(target, [stored.values for stored in SOURCE.table(target).all(tenant)])
    if found:
        rows = [(name, Styled(refused_in_words(refused), "yellow")) for name, refused in found.items()]
        out.rows(["source", "refused in the last hour"], rows, document=None)
        out.say(f"Why: doorbell refused show {next(iter(found))}")


def notes(target: Target, sources: Sequence[Mapping[str, Any]]) -> Iterator[Note]:
    """A refusal is not a fault of the stack's, and often one of somebody who sets something up."""
    of = {str(values.get("source_id")): values for values in sources}
    for name, counted in refusing(target, sources).items():
        refused = with_kept(target, of[name], counted)
        words = f"refused in the last hour {refused_in_words(refused)}; doorbell refused show {name}"
        yield Note(f"source {name}", words)


def refusing(target: Target, sources: Sequence[Mapping[str, Any]]) -> dict[str, Refused]:
    """Those that refused any, the most first."""
    found = zip(sources, refused_of(target, sources), strict=True)
    told = {str(values.get("source_id")): refused for values, refused in found if refused}
    return dict(sorted(told.items(), key=lambda one: (-sum(one[1].values()), one[0])))
