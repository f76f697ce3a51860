"""The rest of the story: jobs are asked for, called, and worked off."""

import json

from tests.integration.admin_desk import api_event
from tests.integration.deployed_story import TENANT, Story

JOBS = f"/admin/tenants/{TENANT}/jobs"
ALL = {"kind": "replay", "since": "2020-01-01T00:00:00Z"}
TRIED = {
    "kind": "preview",
    "subscription_id": "thought-of",
    "filter": "body.text == 'y'",
    "transform": "body",
}
TEST = {"kind": "test", "subscription_id": "plain", "wait_seconds": 1}
"""Nobody takes its message: it is ended when its second is over."""
TIME = 300_000
"""Milliseconds."""


def work_off(story: Story) -> None:
    """What one that was gone missed, and what a filter would say now, of a body that is lost too; and
    what one that is not there yet would get."""
    story.subscribe("gone")
    wanted = ({"subscription_id": "gone"}, {"subscription_id": "choosy", "would_match": True}, TRIED)
    with story.deployment.function("admin") as admin:
        for more in wanted:
            answer = admin(api_event("POST", JOBS, json.dumps({**ALL, **more}).encode()))
            story.came[f"asked for: {more['subscription_id']}"] = answer
    story.tell("jobs called", "sweeper", {})
    story.came["slices"] = story.tell("jobs worked off", "jobs", {}, TIME)["slices"]
    with story.deployment.function("admin") as admin:
        story.came["test asked for"] = admin(api_event("POST", JOBS, json.dumps(TEST).encode()))
    story.came["test slices"] = story.tell("a test worked off", "jobs", {}, TIME)["slices"]
    with story.deployment.function("admin") as admin:
        story.came["jobs"] = json.loads(admin(api_event("GET", JOBS))["body"])["jobs"]
    story.subscribe("gone", enabled=False)
