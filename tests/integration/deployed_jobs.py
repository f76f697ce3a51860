"""The rest of the story: jobs are asked for, called, and worked off."""

import json
import time

import pytest

from doorbell.runtime import purging
from doorbell.store.events.event_items import tenant_day
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
LEAVER = "leaver"
PURGE = {"kind": "purge", "confirm": LEAVER, "run": True}
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


def purge(story: Story) -> None:
    """Of a tenant of whom there is something everywhere."""
    of_tenant = {"tenant_id": LEAVER}
    story.put("SourcesTable", source_id="left", provider="github", **of_tenant)
    story.subscribe("left", LEAVER)
    story.put("EndpointsTable", subscription_id=f"{LEAVER}/left", failures=1)
    story.put("EventTypesTable", event_type="a.b", json_schema="{}", **of_tenant)
    manifest = {"pk": f"{LEAVER}#manifests", "sk": "left", "version": 1, "digest": "d", "places": ["all#"]}
    story.put("RoutesTable", **manifest)
    now = time.time()
    row = {"tenant_day": tenant_day(LEAVER, now, "evt_left"), "created_at": now}
    story.put("EventsTable", event_id="evt_left", sk="event", **row, **of_tenant)
    story.put("EventsTable", event_id="evt_left", sk="delivery#left", **of_tenant)
    story.put("RefusedTable", source_id="left", sk="place", **of_tenant)
    story.put("RollupsTable", holder=f"source#{LEAVER}/left", at=300)
    story.client("s3").put_object(Bucket="BodiesBucket", Key=f"{LEAVER}/1", Body=b"x")
    of_jobs = f"/admin/tenants/{LEAVER}/jobs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purging, "KEPT_DAYS", 2)
        for wanted in ({**PURGE, "run": False}, PURGE):
            with story.deployment.function("admin") as admin:
                answer = admin(api_event("POST", of_jobs, json.dumps(wanted).encode()))
                story.came[f"asked for a purge: {wanted['run']}"] = answer
            story.tell("a purge worked off", "jobs", {}, TIME)
    with story.deployment.function("admin") as admin:
        story.came["purges"] = json.loads(admin(api_event("GET", of_jobs))["body"])["jobs"]
