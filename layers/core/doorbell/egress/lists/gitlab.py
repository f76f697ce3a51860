"""GitLab's list of a hook's events, of a project or a group; seven days are kept.

What is missing is asked to be sent again. It comes in by the front door, with the id it always had:
`Idempotency-Key`, which is `webhook-id` too where GitLab signs.
https://docs.gitlab.com/api/project_webhooks/ and https://docs.gitlab.com/api/group_webhooks/; `created_at`,
which they leave out, is in lib/api/entities/web_hook_log.rb, and what is asked before an event is sent again
in app/services/web_hooks/events/resend_service.rb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from doorbell.domain.backfill import Gone, Later, Listed, NotPossible, Page
from doorbell.egress.api import LIMITED_SECONDS, TROUBLE_SECONDS, Api

BASE: Final = "https://gitlab.com/api/v4"
HEADERS: Final = (("accept", "application/json"),)
PER_PAGE: Final = 20
"""The most that it gives."""
A_MINUTE: Final = 5
"""Events that one caller may have sent again in a minute, of all hooks of a project or group.
https://docs.gitlab.com/administration/settings/rate-limit-on-webhook-operations/"""
TOO_LARGE: Final = {"oversize": True}
"""What it keeps in place of a body that its own queue could not hold, and would send again."""
_KEY: Final = re.compile(r"[A-Za-z0-9-]{1,100}")


@dataclass(slots=True)
class GitLabList:
    """`hook`: `projects/ID/hooks/ID` or `groups/ID/hooks/ID`; a project's or group's id may be its path."""

    api: Api
    hook: str
    pause_seconds: float = 0.0
    _asked: list[float] = field(default_factory=list)
    _bodiless: set[str] = field(default_factory=set)
    _off_until: float = 0.0

    def check(self, source_id: str) -> None:
        hook = self._read()
        if urlsplit(str(hook.get("url"))).path.rpartition("/")[2] != source_id:
            raise NotPossible(f"the hook {self.hook} does not ring at this source: its URL ends otherwise")
        if hook.get("alert_status") == "disabled":
            raise NotPossible(
                f"GitLab has switched the hook {self.hook} off: test it there, which enables it"
            )
        self._off_until = self._disabled_until(hook)

    def page(self, cursor: str | None, since: float) -> Page:
        answer = self.api.call("GET", f"{self._path}/events?per_page={PER_PAGE}&page={cursor or 1}")
        rows = answer.json()
        if not isinstance(rows, list):
            raise Later(TROUBLE_SECONDS, "its list is none")
        following = answer.headers.get("x-next-page", "").strip()
        return Page(tuple(map(self._listed, rows)), following if following.isdecimal() else None)

    def bring(self, row: Listed) -> None:
        if row.name in self._bodiless:
            raise Gone("GitLab has not kept its body, which was too large")
        self._wait_for_leave()
        self._asked.append(self.api.clock())
        try:
            self.api.call("POST", f"{self._path}/events/{row.name}/resend")
        except Gone:
            # It says 422 too where it has switched the hook off meanwhile, which is not the event's fault.
            if self._read().get("alert_status", "executable") != "executable":
                raise Later(TROUBLE_SECONDS, "GitLab has switched the hook off", limited=True) from None
            raise

    def _wait_for_leave(self) -> None:
        now = self.api.clock()
        if self._off_until > now:
            raise Later(self._off_until - now, "GitLab has switched the hook off for a while", limited=True)
        lately = [at for at in self._asked if now - at < LIMITED_SECONDS]
        if len(lately) >= A_MINUTE:
            seconds = LIMITED_SECONDS - (now - lately[0])
            raise Later(seconds, f"GitLab sends {A_MINUTE} events a minute again, not more", limited=True)

    def _read(self) -> dict[str, Any]:
        try:
            answer = self.api.call("GET", self._path).json()
        except Gone as error:
            raise NotPossible(f"there is no hook {self.hook}, or the credential may not see it") from error
        if not isinstance(answer, dict):
            raise Later(TROUBLE_SECONDS, "its hook cannot be read")
        return answer

    def _disabled_until(self, hook: dict[str, Any]) -> float:
        if hook.get("alert_status") != "temporarily_disabled":
            return 0.0
        try:
            return datetime.fromisoformat(hook["disabled_until"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return self.api.clock() + TROUBLE_SECONDS

    def _listed(self, row: Any) -> Listed:
        try:
            headers = {name.lower(): value for name, value in row["request_headers"].items()}
            name, status = str(int(row["id"])), str(row["response_status"])
            at = datetime.fromisoformat(row["created_at"]).timestamp()
            body = row["request_data"]
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Later(TROUBLE_SECONDS, "a row of its list cannot be read") from None
        key = headers.get("idempotency-key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise NotPossible("a row of its list has no Idempotency-Key: GitLab sends it from 17.4 on")
        if body == TOO_LARGE:
            self._bodiless.add(name)
        return Listed(
            name=name,
            key=key,
            at=at,
            event_type=str(headers.get("x-gitlab-event", "")),
            arrived=bool(re.fullmatch("2[0-9][0-9]", status)),
            answered=status[:100],
        )

    @property
    def _path(self) -> str:
        kind, _, rest = self.hook.partition("/")
        owner, _, number = rest.rpartition("/hooks/")
        return f"/{kind}/{quote(owner, safe='')}/hooks/{number}"
