"""Back-fill: which of the events in a provider's own list are missing here, and what is done about each."""

import re
from dataclasses import dataclass
from enum import StrEnum

from doorbell.domain.errors import DoorbellError

_NAME = r"(?!\.{1,2}/)[A-Za-z0-9_.-]+"
"""Of an owner or a repository: no step up in a path."""
_GITLAB = re.compile(rf"(?:projects|groups)/{_NAME}(?:/{_NAME})*/hooks/[0-9]+")
HOOKS = {
    "github": re.compile(rf"repos/{_NAME}/{_NAME}/hooks/[0-9]+|orgs/{_NAME}/hooks/[0-9]+|app/[0-9]+"),
    "stripe": re.compile(r"we_[A-Za-z0-9]{1,64}"),
    "gitlab": _GITLAB,
    "gitlab.signed": _GITLAB,
}
"""Providers whose list can be asked, and how a hook of theirs is named."""
_AT_GITLAB = "projects/ID/hooks/ID or groups/ID/hooks/ID, where the first ID may be a path"
HOOK_EXAMPLES = {
    "github": "repos/OWNER/REPO/hooks/ID, orgs/ORG/hooks/ID or app/ID",
    "stripe": "we_…, the webhook endpoint's id",
    "gitlab": _AT_GITLAB,
    "gitlab.signed": _AT_GITLAB,
}
SETTLE_SECONDS = 300.0
"""How long an event that we have answered with 2xx may be on its way to its record."""
AGAIN_SECONDS = 600.0
"""How long one that was asked for is waited for, before it is asked for again."""
MOST_ASKED = 3
"""Times that an event is asked for: what ingest goes on refusing is missing for good then."""
TRIED_KEPT_SECONDS = 31 * 86_400
"""How long is on record what was asked for."""


class Later(DoorbellError):
    """The provider asks to be left alone for so many seconds (`limited`: it did nothing), or failed."""

    def __init__(self, seconds: float, why: str, *, limited: bool = False) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.why = why
        self.limited = limited


class NotPossible(DoorbellError):
    """A person must mend it: the credential, the hook, or what may be done with them. Words for people."""


class Gone(DoorbellError):
    """The provider will not bring this one event any more."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the provider's list. `key` is what ingest takes for its delivery key, `name` what the provider
    calls this attempt. `arrived`: we have answered it with 2xx; `answered`: in the provider's words. `body`:
    the event itself, where the list has it."""

    name: str
    key: str
    at: float
    event_type: str
    arrived: bool
    answered: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `after`: where the next page begins, None at the end."""

    rows: tuple[Listed, ...]
    after: str | None = None


class Stage(StrEnum):
    ASKED = "asked"
    BROUGHT = "brought"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Tried:
    """An event that was asked for. `at`: when the provider had it first. `stage`: `asked` until it is on
    record (`brought`) or was asked for often enough (`missing`, for good)."""

    key: str
    event_id: str
    event_type: str
    at: float
    asked: int
    asked_at: float
    stage: Stage = Stage.ASKED
    why: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one source. All before `done_until` was looked at. `began` is the beginning of a pass under way (0:
    none), back to `since`; it goes on at `cursor`. `due_at` None: on no schedule. `failures` in a row."""

    source_id: str
    tenant_id: str
    done_until: float = 0.0
    began: float = 0.0
    since: float = 0.0
    cursor: str | None = None
    due_at: float | None = None
    failures: int = 0
    problem: str = ""
    version: int = 0


class Verdict(StrEnum):
    HERE = "here"
    YOUNG = "on_its_way"
    OLD = "too_old"
    WAITS = "asked_before"
    GIVEN_UP = "missing_for_good"
    BRING = "missing"


def verdict(row: Listed, on_record: bool, tried: Tried | None, now: float, window: float) -> Verdict:
    """`window`: seconds of the source's dedupe window, behind which a second record could not be told from
    the first."""
    if on_record:
        return Verdict.HERE
    if tried is not None and tried.stage is Stage.MISSING:
        return Verdict.GIVEN_UP
    if now - (row.at if tried is None else min(row.at, tried.at)) >= window:
        return Verdict.OLD
    if tried is not None and now - tried.asked_at < AGAIN_SECONDS:
        return Verdict.WAITS
    if tried is not None and tried.asked >= MOST_ASKED:
        return Verdict.GIVEN_UP
    return Verdict.YOUNG if row.arrived and now - row.at < SETTLE_SECONDS else Verdict.BRING


def asked_now(row: Listed, event_id: str, tried: Tried | None, now: float) -> Tried:
    first = row.at if tried is None else min(row.at, tried.at)
    count = 0 if tried is None else tried.asked
    return Tried(row.key, event_id, row.event_type, first, count + 1, now)
