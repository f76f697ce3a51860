"""GitLab: what an event is called.

The header `X-Gitlab-Event` says so too, and nobody signs it. Its text is made of the body's `object_kind`, as
GitLab's documentation pairs them, so that subscriptions find the types they were written for.
https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from doorbell.domain.paths import walk
from doorbell.domain.requests import RawRequest
from doorbell.signatures.parsing import inside

HOOKS = {
    "access_token": "Resource Access Token Hook",
    "build": "Job Hook",
    "wiki_page": "Wiki Page Hook",
    "work_item": "Work Item Hook",
}
"""Those whose header is not made of the words of their kind."""
SYSTEM = "System Hook"


def fact(request: RawRequest, name: str) -> str | None:
    """`type`. What has an `event_name` and no `object_kind` is of a system hook."""
    data = inside(request)
    kind = walk(data, "object_kind")
    if isinstance(kind, str) and kind:
        return HOOKS.get(kind) or f"{kind.replace('_', ' ').title()} Hook"
    return SYSTEM if isinstance(walk(data, "event_name"), str) else None
