"""`doorbell refused`: requests that were turned away, why, and letting one in after all."""

from typing import Annotated

import typer

from doorbell.domain.errors import Refusal
from doorbell.domain.refused import Refused
from doorbell.runtime.refused_json import accepted_json, explained_json, refused_json
from doorbell.usecases.refused import Explained
from doorbell_cli.ops.beginnings import whole_refused_id
from doorbell_cli.ops.limits import up_to
from doorbell_cli.ops.nobody import note_no_source
from doorbell_cli.ops.refusals import refused_requests, who
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail
from doorbell_cli.target import StackOption, connected

refused = typer.Typer(no_args_is_help=True, help="Refused requests: what was turned away, and why.")

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id.")]
MOST = 500


@refused.command("list")
def list_refused(
    source: SourceArgument,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most this many.")] = 50,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """A source's refused requests that are kept, newest first."""
    out = Output(as_json)
    with connected(stack) as target:
        rows, more = up_to(limit, refused_requests(target).page(source, None, MOST).rows)
        if not rows:
            note_no_source(out, target, source)
    out.rows(
        ["came", "id", "answered", "why", "from", "accepted"],
        [(clock(r.at), r.refused_id, r.status, r.code, r.source_ip, _accepted(r)) for r in rows],
        document=[refused_json(row) for row in rows],
        empty=f"No refused request of {source} is kept.",
        spare=["from"],
    )
    if more:
        out.note(f"There are more than these {limit}. Raise --limit.")


@refused.command("show")
def show_refused(
    source: SourceArgument,
    refused_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="As listed, or its beginning. Without: the newest.")
    ] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """One refused request, and in words what was wrong with it.

    Near misses are tried, and what fits is said. That needs the source's secrets: your credentials must be
    able to read them.
    """
    out = Output(as_json)
    with connected(stack) as target:
        requests = refused_requests(target)
        if refused_id is not None:
            refused_id = whole_refused_id(requests, source, refused_id)
        elif newest := requests.page(source, None, 1).rows:
            refused_id = newest[0].refused_id
        else:
            note_no_source(out, target, source)
            fail(f"No refused request of {source} is kept.")
        explained = requests.explain(source, refused_id)
    if as_json:
        out.document(explained_json(explained))
    else:
        _say(out, explained)


@refused.command("accept")
def accept_refused(
    source: SourceArgument,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Or their beginnings.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that can be accepted, the oldest first.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let refused requests in after all: each is verified again.

    It is verified by the source as it is now, and as if it were the time at which it came. Exit 1 if one does
    not pass; the others are let in all the same.

    Safe to repeat: it is the same event. What was refused for its time is never accepted, nor what is not
    kept whole. Your name (ARN) goes on record. Your credentials must be able to read the source's secrets,
    and to send to the events queue.
    """
    if bool(ids) == every:
        fail("Name the ids to accept, or --all.", Exit.USAGE)
    out, done, failed = Output(as_json), [], 0
    with connected(stack) as target:
        requests, by = refused_requests(target), who(target)
        for given in ids or _acceptable(list(requests.page(source, None, MOST).rows)):
            refused_id = given
            try:
                refused_id = whole_refused_id(requests, source, given)
                accepted = requests.accept(source, refused_id, by)
            except Refusal as refusal:
                out.note(f"{refused_id} is not accepted: {refusal.code}: {refusal.detail}")
                failed += 1
            else:
                done.append({"refused_id": refused_id, **accepted_json(accepted)})
        if not done:
            note_no_source(out, target, source)
    out.rows(
        ["id", "events"],
        [(one["refused_id"], " ".join(one["event_ids"])) for one in done],
        document=done,
        empty="None was accepted." if failed else f"No refused request of {source} can be accepted.",
    )
    if failed:
        raise typer.Exit(int(Exit.PROBLEM))


def _acceptable(rows: list[Refused]) -> list[str]:
    """Those not accepted yet, the oldest first."""
    wanted = [row for row in rows if row.accepted is None and not row.not_acceptable]
    return [row.refused_id for row in reversed(wanted)]


def _accepted(row: Refused) -> str:
    return "" if row.accepted is None else f"{clock(row.accepted.at)} by {row.accepted.by}"


def _say(out: Output, explained: Explained) -> None:
    row = explained.refused
    out.say(f"{row.refused_id}: {row.method} {row.url}", "bold")
    out.say(f"came {clock(row.at)} from {row.source_ip}, answered {row.status} {row.code}")
    for line in explained.words:
        out.say(f"- {line}", "yellow")
    if row.accepted is not None:
        out.say(f"Accepted {_accepted(row)}: {' '.join(row.accepted.event_ids)}", "green")
    elif explained.not_acceptable:
        out.say(f"It cannot be accepted: {explained.not_acceptable}.")
    elif explained.fits_now:
        out.say(f"Let it in: doorbell refused accept {row.source_id} {row.refused_id}", "green")
    out.say()
    for name, value in row.headers.items():
        out.say(f"{name}: {value}")
    out.say()
    out.say(row.body.decode(errors="replace"))
    if row.cut:
        out.say(f"(the first {len(row.body)} of {row.size} bytes)", "dim")
