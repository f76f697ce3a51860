"""What a replay leaves out, said and for programs."""

from doorbell.usecases.left_out import LeftOut
from doorbell_cli.ops.standings import count
from doorbell_cli.output import Output


def left_out_json(left_out: LeftOut) -> dict[str, int | bool]:
    """Events without a delivery, by why; `complete` false: there may be more."""
    return {
        "while_disabled": left_out.off,
        "before_it_was_made": left_out.not_made,
        "complete": not left_out.more,
    }


def note_left_out(out: Output, left_out: LeftOut) -> None:
    if text := left_out_text(left_out):
        out.note(text)


def left_out_text(left_out: LeftOut) -> str:
    """ "" where nothing is left out."""
    if not left_out.count and not left_out.more:
        return ""
    reasons = {"while it was disabled": left_out.off, "before it was made": left_out.not_made}
    why = ", ".join(f"{number:,} came {when}" for when, number in reasons.items() if number)
    number = count(left_out.count, left_out.more)
    return (
        f"Events left out, as they have no delivery to it: {number}{f' ({why})' if why else ''}. "
        "They have its sources and types; its filter was not asked. "
        "To send those that it would want now: doorbell replay --subscription NAME --since TIME --would-match"
    )
