"""`doorbell providers`: the catalogue, for people."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from doorbell_cli.commands.typed import refuse_typed
from doorbell_cli.output import Output, fail
from doorbell_cli.providers.index import Row, found, rows

if TYPE_CHECKING:
    from doorbell.signatures.catalogue.entry import Entry


class _Searching(TyperGroup):
    """`doorbell providers PART` is `doorbell providers find PART`."""

    # `Any`: typer keeps the types of contexts and commands to itself.
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            return "find", self.commands["find"], args
        return super().resolve_command(ctx, args)


providers = typer.Typer(
    cls=_Searching, help="The providers that Doorbell can verify.", invoke_without_command=True
)


@providers.callback()
def table(
    context: typer.Context,
    markdown: Annotated[bool, typer.Option("--markdown", help="docs/providers.md.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the catalogue."""
    if context.invoked_subcommand is not None:
        refuse_typed(context, ["markdown", "as_json"], "Put it behind the name, or leave it out.")
        return
    if markdown:
        refuse_typed(context, ["as_json"], "Leave it out: --markdown is another form.")
    if as_json:
        from doorbell_cli.providers.texts import described

        typer.echo(json.dumps([described(entry) for entry in _entries()]))
    elif markdown:
        typer.echo(as_markdown(_entries()))
    else:
        out, listed = Output(), rows()
        _say(out, listed)
        alone = sum(not row.needs for row in listed)
        third = sum(bool(row.proof) for row in listed)
        out.say(
            f"{alone} of {len(listed)} can be set up with a token alone: the secret, and nothing else. "
            f"{third} are known from third parties' code only."
        )
        out.say(
            "`doorbell providers PART` finds by any part of a name. `doorbell providers show NAME`"
            " explains one."
        )


@providers.command()
def find(
    part: Annotated[str, typer.Argument(help="Any part of a name, in any case.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the providers with this in their name."""
    among = rows()
    some = found(part, among)
    if not some:
        no_such_provider(part)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in some]))
    else:
        _say(Output(), some)


@providers.command()
def show(
    name: Annotated[str, typer.Argument(metavar="PROVIDER", help="A name of `doorbell providers`.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Explain one provider: what to paste where, and how sure we are."""
    from doorbell.signatures.catalogue import find as entry_of
    from doorbell_cli.providers.texts import described

    entry = entry_of(name)
    if entry is None:
        no_such_provider(name)
    if as_json:
        typer.echo(json.dumps(described(entry)))
        return
    for title, value in described(entry).items():
        if value:
            typer.echo(f"{title:14} {_lines(value)}")


def _say(out: Output, some: Sequence[Row]) -> None:
    titles, spare = ["name", "provider", "scheme", "dedupe", "event type"], ("dedupe", "event type")
    cells = [(row.name, row.title, row.scheme, row.dedupe, row.event_type) for row in some]
    out.rows(titles, cells, document=None, spare=spare)


def no_such_provider(name: str) -> NoReturn:
    """Ends the command."""
    among = rows()
    from difflib import get_close_matches

    close = [row.name for row in found(name, among)][:3] or get_close_matches(
        name, [row.name for row in among], n=3
    )
    meant = f" Did you mean {' or '.join(close)}?" if close else ""
    fail(f'There is no provider "{name}".{meant} `doorbell providers` lists them.')


def _entries() -> "list[Entry]":
    from doorbell.signatures.catalogue import find as entry_of
    from doorbell.signatures.catalogue import names

    return [entry for name in names() if (entry := entry_of(name)) is not None]


def _lines(value: object) -> str:
    indent = "\n" + " " * 15
    if isinstance(value, dict):
        return indent.join(f"{key}: {text}" for key, text in value.items())
    return str(value).replace("\n", indent)


def as_markdown(entries: "list[Entry]") -> str:
    """docs/providers.md."""
    from doorbell_cli.providers.texts import answer, dedupe, proof
    from doorbell_cli.providers_page import page

    return page(entries, proof=proof, key=dedupe, answer=answer)
