"""`doorbell dlq`: what Doorbell itself gave up, and its way back."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from doorbell.runtime.admin_api import iso
from doorbell_cli.commands.operations.check_stack import KEPT_DAYS
from doorbell_cli.ops.queues import DEAD_LETTERS, Letter, dead_letters, depth, letters, redrive
from doorbell_cli.output import Exit, JsonOption, Output, progress
from doorbell_cli.target import StackOption, connected

dlq = typer.Typer(no_args_is_help=True, help="The dead-letter queues: Doorbell's own faults.")

_MEANING = {
    "events": "accepted, but not fanned out. Redrive them when the cause is gone.",
    "deliveries": "The sweeper has already sent these again. A redrive does no harm.",
    "inbox": "No event could be made of them; the log inbox says why. Redrive them when that is repaired.",
    "scheduler": "sweeps that did not start. The next sweep did their work.",
}


PEEK_SECONDS = 5


class Queue(StrEnum):
    EVENTS = "events"
    DELIVERIES = "deliveries"
    INBOX = "inbox"


@dlq.command("list")
def list_letters(
    peek: Annotated[
        int, typer.Option(min=0, help="Show this many messages of each; hides them for 5 s.")
    ] = 5,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many messages each queue has, and a few of them: ids only, never a body. Exit 1 if there are
    any."""
    out, document = Output(as_json), dict[str, Any]()
    with connected(stack) as target:
        for name, queue in dead_letters(target).items():
            count = depth(target, queue)
            found = list(letters(target, queue, peek, hide_seconds=PEEK_SECONDS)) if count and peek else []
            document[name] = {"messages": count, "samples": [_sample(letter) for letter in found]}
    rows = [(name, held["messages"], _MEANING[name]) for name, held in document.items()]
    out.rows(["queue", "messages", "what they are"], rows, document=document)
    if not as_json:
        _say_samples(out, document)
    if any(held["messages"] for held in document.values()):
        raise typer.Exit(int(Exit.PROBLEM))


@dlq.command("redrive")
def redrive_letters(
    queue: Annotated[Queue, typer.Argument(help="The dead-letter queue whose messages go back.")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 10_000,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send the messages back to where they came from. Safe to repeat and to interrupt."""
    out, moved = Output(as_json), 0
    with connected(stack) as target, progress(f"Redriving {queue}") as bar:
        for _ in redrive(target, queue, limit):
            moved += 1
            bar.step()
        left = depth(target, DEAD_LETTERS[queue])
    out.fields({"moved": moved, "left": left}, document={"queue": queue, "moved": moved, "left": left})


def _sample(letter: Letter) -> dict[str, Any]:
    try:
        body = json.loads(letter.body)
    except ValueError:
        body = {}
    ids = ("event_id", "subscription_id", "tenant_id", "source_id", "event_type", "ingest_id", "attempt", "v")
    known = {name: body[name] for name in ids if name in body} if isinstance(body, dict) else {}
    return {
        **known,
        "sent_at": iso(letter.sent_at),
        "gone_at": iso(letter.sent_at + KEPT_DAYS * 86_400),
        "receives": letter.receives,
        "bytes": len(letter.body),
    }


def _say_samples(out: Output, document: dict[str, Any]) -> None:
    for name, held in document.items():
        for sample in held["samples"]:
            out.say(f"  {name}: " + ", ".join(f"{key} {value}" for key, value in sample.items()))
