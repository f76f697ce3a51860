"""GitHub's list of a hook's deliveries: of a repository, an organisation or an App; three days are kept.

What is missing is asked to be delivered again: it comes in by the front door, signed, with the id it always
had. https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook and its siblings
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from doorbell.domain.backfill import Gone, Later, Listed, NotPossible, Page
from doorbell.egress.api import TROUBLE_SECONDS, Api

BASE: Final = "https://api.github.com"
HEADERS: Final = (("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28"))
PAUSE_SECONDS: Final = 1.0
"""Between two calls that change something.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api"""
PER_PAGE: Final = 100
_KEY: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;\s*rel="next"')


@dataclass(frozen=True, slots=True)
class GitHubList:
    """`hook`: `repos/OWNER/REPO/hooks/ID`, `orgs/ORG/hooks/ID` or `app/ID`."""

    api: Api
    hook: str
    pause_seconds: float = PAUSE_SECONDS

    def check(self, source_id: str) -> None:
        """Raises `NotPossible` where the hook rings at another source: all would be missing here."""
        try:
            answer = self.api.call("GET", f"{self._path}/config").json()
        except Gone as error:
            raise NotPossible(f"there is no hook {self.hook}, or the credential may not see it") from error
        url = answer.get("url") if isinstance(answer, dict) else None
        if not isinstance(url, str) or urlsplit(url).path.rpartition("/")[2] != source_id:
            raise NotPossible(f"the hook {self.hook} does not ring at this source: its URL ends otherwise")

    def page(self, cursor: str | None, since: float) -> Page:
        query = f"?per_page={PER_PAGE}" + (f"&cursor={quote(cursor, safe='')}" if cursor else "")
        answer = self.api.call("GET", f"{self._path}/deliveries{query}")
        rows = answer.json()
        if not isinstance(rows, list):
            raise Later(TROUBLE_SECONDS, "its list is none")
        return Page(
            tuple(_listed(row) for row in rows if _is_event(row)), _next(answer.headers.get("link", ""))
        )

    def bring(self, row: Listed) -> None:
        self.api.call("POST", f"{self._path}/deliveries/{row.name}/attempts")

    @property
    def _path(self) -> str:
        return "/app/hook" if self.hook.startswith("app/") else f"/{self.hook}"


def _is_event(row: Any) -> bool:
    """A ping is answered and never is an event."""
    return isinstance(row, dict) and row.get("event") != "ping"


def _listed(row: dict[str, Any]) -> Listed:
    status, key = row.get("status_code"), str(row.get("guid"))
    if not _KEY.fullmatch(key):
        raise Later(TROUBLE_SECONDS, "a row of its list has no id that could be a delivery's")
    try:
        return Listed(
            name=str(int(row["id"])),
            key=key,
            at=datetime.fromisoformat(row["delivered_at"]).timestamp(),
            event_type=str(row.get("event", "")),
            arrived=isinstance(status, int) and 200 <= status <= 299,
            answered=f"{status or ''} {row.get('status', '')}".strip()[:100],
        )
    except (KeyError, TypeError, ValueError):
        raise Later(TROUBLE_SECONDS, "a row of its list cannot be read") from None


def _next(link: str) -> str | None:
    found = _NEXT.search(link)
    return None if found is None else parse_qs(urlsplit(found[1]).query).get("cursor", [None])[0]
