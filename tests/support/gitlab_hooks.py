"""GitLab's side of one webhook: what it has rung for, its list of that, and what it does when asked again.

It pages by number, sends five events a minute again, forgets after a week, switches a hook off, loses what it
promised and repeats itself, as the real one may. https://docs.gitlab.com/api/project_webhooks/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.github_hooks import TOKEN, Delivery, GitHubHook, Reply

KEPT_SECONDS = 7 * 86_400
TOO_MANY = "This endpoint has been requested too many times. Try again later."


@dataclass
class GitLabHook(GitHubHook):
    """`hook`: as it stands in a URL. `a_minute`: events that it sends again. `status`: of the hook itself.
    `large`: numbers of those whose body it could not keep. `refuses`: what it answers 422 to."""

    hook: str = "projects/acme%2Fshop/hooks/7"
    a_minute: int = 5
    status: str = "executable"
    disabled_until: float | None = None
    large: set[int] = field(default_factory=set)
    refuses: set[int] = field(default_factory=set)
    sent: list[int] = field(default_factory=list)

    def handle(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        self.calls.append(f"{method} {target}")
        other = self.instead(self.calls[-1])
        if other is not None:
            return other
        if self.limits:
            return self.limits.pop(0)
        if headers.get("private-token") != TOKEN or "user-agent" not in headers:
            return _json(401, {"message": "401 Unauthorized"})
        parts = urlsplit(target)
        path = parts.path.removeprefix("/api/v4/")
        if (method, path) == ("GET", self.hook):
            return _json(200, self._itself())
        if (method, path) == ("GET", f"{self.hook}/events"):
            return self._page({name: values[0] for name, values in parse_qs(parts.query).items()})
        found = re.fullmatch(rf"{re.escape(self.hook)}/events/([0-9]+)/resend", path)
        if method == "POST" and found:
            return self._resend(int(found[1]))
        return _json(404, {"error": "404 Not Found"})

    def _itself(self) -> dict[str, Any]:
        until = None if self.disabled_until is None else _time(self.disabled_until)
        return {
            "id": int(self.hook.rpartition("/")[2]),
            "url": self.url,
            "created_at": "2026-10-12T17:04:47.000Z",
            "push_events": True,
            "tag_push_events": False,
            "merge_requests_events": True,
            "repository_update_events": False,
            "enable_ssl_verification": True,
            "alert_status": self.status,
            "disabled_until": until,
            "url_variables": [],
            "project_id": 3,
        }

    def _page(self, query: dict[str, str]) -> Reply:
        """Newest first. With more on top, what was at the end of a page is on the next one."""
        size, page = int(query.get("per_page", "20")), int(query.get("page", "1"))
        if not 1 <= size <= 20:
            return _json(400, {"error": "per_page does not have a valid value"})
        kept = [one for one in reversed(self.deliveries) if one.at >= self.clock() - KEPT_SECONDS]
        rows, rest = kept[(page - 1) * size : page * size], kept[page * size :]
        status, headers, body = _json(200, [self._row(one) for one in rows])
        numbers = {"x-page": str(page), "x-per-page": str(size), "x-next-page": str(page + 1) if rest else ""}
        return status, {**headers, **numbers}, body

    def _row(self, one: Delivery) -> dict[str, Any]:
        return {
            "id": one.number,
            "url": self.url,
            "trigger": f"{one.event}_hooks",
            "request_headers": {
                "Content-Type": "application/json",
                "User-Agent": "GitLab/18.6.0",
                "Idempotency-Key": one.guid,
                "X-Gitlab-Event": f"{one.event.title()} Hook",
                "X-Gitlab-Instance": "https://gitlab.com",
                "X-Gitlab-Token": "[REDACTED]",
            },
            "request_data": {"oversize": True} if one.number in self.large else json.loads(one.body),
            "response_headers": {},
            "response_body": "",
            "execution_duration": 0.27,
            "response_status": str(one.status) if one.status else "internal error",
            "created_at": _time(one.at),
        }

    def _resend(self, number: int) -> Reply:
        minute = int(self.clock() // 60)
        self.sent.append(minute)
        if self.sent.count(minute) > self.a_minute:
            return _json(429, {"message": {"error": TOO_MANY}})
        one = next((each for each in self.deliveries if each.number == number), None)
        if one is None or one.at < self.clock() - KEPT_SECONDS:
            return _json(404, {"message": "404 Not found"})
        if number in self.refuses or self.status != "executable":
            return _json(422, {"message": "Hook disabled"})
        self.promised[one.guid] += 1
        if self.loses:
            self.loses -= 1
        else:
            for _ in range(2 if self.repeats else 1):
                self._deliver(one.guid, one.event, one.body, again=True)
        return _json(201, {"response_status": self.deliveries[-1].status})


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(status: int, value: object) -> Reply:
    return status, {"content-type": "application/json"}, json.dumps(value).encode()
