"""Refused requests, for a source's operators: list them, say what was wrong, let one in after all.

Who accepts vouches for nothing: the request is verified again, by the source as it is now and as if it were
the time at which it came, and what the source's checks would refuse is refused. So no event without proof,
still.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.errors import ConfigError, DoorbellError, Refusal, SecretMissing
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.refused import Accepted, Refused
from doorbell.domain.sources import ID, Source
from doorbell.usecases.accept_again import AcceptAgain
from doorbell.usecases.ports import Clock, Log


class RefusedBook(Protocol):
    def all(self, source_id: str, now: float) -> list[Refused]:
        """Newest first."""

    def one(self, source_id: str, refused_id: str, now: float) -> Refused | None:
        """With its body."""

    def record(self, refused: Refused, accepted: Accepted) -> None: ...


class Diagnosis(Protocol):
    @property
    def fits_now(self) -> bool | None: ...
    @property
    def words(self) -> tuple[str, ...]: ...


type Diagnose = Callable[[Source, Refused, Sequence[str]], Diagnosis]


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Newest first. `after`: the id behind which the next page begins; None at the end."""

    rows: tuple[Refused, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """`fits_now`: whether the source's check, as it is now, passes; None: it could not be asked.
    `not_acceptable`: why nobody can accept it; "" where the checks have the last word."""

    refused: Refused
    fits_now: bool | None
    words: tuple[str, ...]
    not_acceptable: str


@dataclass(frozen=True, slots=True)
class RefusedRequests:
    book: RefusedBook
    accepting: AcceptAgain
    diagnose: Diagnose
    clock: Clock
    log: Log

    def page(self, source_id: str, after: str | None, limit: int) -> RefusedPage:
        """Of a source that is not there (any more) too: what is kept of it stays for its time."""
        rows = self.book.all(_checked(source_id), self.clock())
        names = [row.refused_id for row in rows]
        start = names.index(after) + 1 if after in names else 0
        if after is not None and after not in names:
            raise Refusal(422, "bad_cursor", "what it went on from is not kept any more: begin again")
        page = rows[start : start + limit]
        more = len(rows) > start + limit
        return RefusedPage(tuple(page), page[-1].refused_id if more and page else None)

    def explain(self, source_id: str, refused_id: str | None = None) -> Explained:
        """`refused_id` None: the newest. Refuses (404) what is not kept."""
        refused = self._one(source_id, refused_id)
        fits, words = self._diagnosed(refused)
        return Explained(refused, fits, words, refused.not_acceptable)

    def accept(self, source_id: str, refused_id: str, by: str) -> Accepted:
        """The events it became; the same once more where it was accepted before: its ingest's id is its own,
        so fan-out takes it for the same ring. Refuses what was refused for its time, what is not whole, and
        what its source's checks do not let in. `by` goes on record before anything is enqueued."""
        refused = self._one(source_id, refused_id)
        if refused.not_acceptable:
            raise Refusal(409, "not_acceptable", f"cannot be accepted: {refused.not_acceptable}")
        now = self.clock()
        proven = self._proven(refused)
        events = proven.events if isinstance(proven, Several) else (proven,)
        accepted = Accepted(refused.refused_id, by, now, tuple(event.event_id for event in events))
        self.book.record(refused, accepted)
        self.accepting.enqueue(proven)
        self.log.info("refused_accepted", source_id=refused.source_id, refused_id=refused.refused_id, by=by)
        return accepted

    def _proven(self, refused: Refused) -> VerifiedEvent | Several:
        """What the checks refuse keeps its code; its status is the provider's matter, not the operator's."""
        try:
            return self.accepting.prove(refused.source_id, refused.request(), f"refused.{refused.refused_id}")
        except Refusal as refusal:
            raise Refusal(409, refusal.code, refusal.detail) from refusal

    def _one(self, source_id: str, refused_id: str | None) -> Refused:
        now = self.clock()
        if refused_id is None:
            newest = self.book.all(_checked(source_id), now)[:1]
            refused_id = newest[0].refused_id if newest else ""
        found = self.book.one(_checked(source_id), refused_id, now) if refused_id else None
        if found is None:
            raise Refusal(404, "unknown_refused", "no such refused request, or it is not kept any more")
        return found

    def _diagnosed(self, refused: Refused) -> tuple[bool | None, tuple[str, ...]]:
        try:
            source = self.accepting.sources.get(refused.source_id)
        except ConfigError as error:
            return None, (f"The source cannot be used now: {error.field}: {error.problem}.",)
        if source is None:
            return None, ("The source is not there any more.",)
        try:
            secrets = self.accepting.secrets().resolve(source.secrets, owner={"source_id": source.source_id})
        except SecretMissing as error:
            return None, (f"Its secret {error.reference} cannot be read: {error.problem}.",)
        except DoorbellError as error:
            return None, (f"Its secrets cannot be read now: {error}.",)
        found = self.diagnose(source, refused, secrets)
        return found.fits_now, found.words


def _checked(source_id: str) -> str:
    if not ID.fullmatch(source_id):
        raise Refusal(422, "no_such_id", "a source's id has letters, digits and _ . - only")
    return source_id
