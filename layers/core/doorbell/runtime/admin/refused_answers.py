"""What the admin API answers of refused requests. Times are RFC 3339 in UTC."""

from pydantic import BaseModel


class AcceptedAnswer(BaseModel):
    """Who let it in, when, and the events it became."""

    by: str
    at: str
    event_ids: list[str]


class RefusedRow(BaseModel):
    """`code` is stable. `masked` names where credentials were: `header x`, `query x`, `body`. `size`: of the
    body as it came; `cut`: not all of it is kept."""

    refused_id: str
    at: str
    status: int
    code: str
    method: str
    url: str
    source_ip: str
    size: int
    cut: bool
    masked: list[str]
    accepted: AcceptedAnswer | None


class RefusedAnswer(BaseModel):
    refused: list[RefusedRow]
    next_cursor: str | None


class ExplainedAnswer(RefusedRow):
    """`body` as text, or `body_base64` where it is none. `fits_now`: whether the source's check, as it is
    now, passes; None: it could not be asked. `words`: what was wrong. `not_acceptable`: why nobody can accept
    it; empty where the checks have the last word."""

    headers: dict[str, str]
    body: str | None
    body_base64: str | None
    fits_now: bool | None
    words: list[str]
    not_acceptable: str
