"""What became of a subscription's deliveries, and how they were answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from doorbell.domain.history import EndedRow
from doorbell.usecases.history import HistoryPage
from doorbell_cli.console.views.event import TONES

NO_ANSWER = "no answer"
NOT_TOLD = "not on record"
"""Of one that ended before histories were kept."""


@dataclass(frozen=True, slots=True)
class Ended:
    """`answer`: of its last attempt: the status, or what went wrong."""

    event_id: str
    generation: int
    event_type: str | None
    state: str
    tone: str
    reason: str
    ended_at: float
    attempts: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class History:
    """`looked`: deliveries that were read. `untold`: how many of these do not say what was asked, and are
    left out. `until`: where to go on, epoch seconds; None: nothing is left."""

    rows: Sequence[Ended]
    looked: int
    untold: int
    until: float | None


@dataclass(frozen=True, slots=True)
class Answers:
    """How often each answer ended a delivery, the most frequent first, of the newest `looked`. `more`: there
    are others in that time."""

    counts: Sequence[tuple[str, str, int]]
    looked: int
    more: bool


def history(page: HistoryPage) -> History:
    return History([_ended(row) for row in page.rows], page.looked, page.untold, page.until)


def answers(page: HistoryPage) -> Answers:
    found = Counter((answer_of(row), row.state) for row in page.rows)
    counts = [(text, state, number) for (text, state), number in found.most_common()]
    return Answers(counts, page.looked, page.until is not None)


def answer_of(row: EndedRow) -> str:
    if not row.told:
        return NOT_TOLD
    said = [str(part) for part in (row.status, row.error) if part is not None]
    return ", then ".join(said) or NO_ANSWER


def _ended(row: EndedRow) -> Ended:
    key = row.key
    return Ended(
        key.event_id,
        key.generation,
        row.event_type,
        row.state,
        TONES.get(row.state, "yellow"),
        row.reason or "",
        row.ended_at,
        row.attempts_made,
        answer_of(row),
    )
