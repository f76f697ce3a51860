"""The pages of the console that row 14 measures: every one that there is."""

from collections.abc import Mapping, Sequence

from tests.bench.console_stand import TENANT, Stand

OF = f"?tenant={TENANT}"
ONE = f"{TENANT}/s000"

type Command = Sequence[str]
type Row = tuple[str, str, Sequence[Command]]
"""Its path among the console's, its address, and the commands that read the same; none where the tool has
none."""


def pages(there: Stand) -> Mapping[str, Row]:
    """By name."""
    of, missed = ("--tenant", TENANT), ("--subscription", "s000", "--since", "7d")
    event = f"/events/{there.event_id}"
    one, its = "/subscriptions/{tenant}/{name}", f"/subscriptions/{ONE}"
    source, github = "/sources/{name}", "/sources/github"
    ended = ("deliveries", "list", *of, "--subscription", "s000", "--state", "ended")
    counts, standing = "/counts/{kind}/{tenant}/{name}", ("status", ONE)
    refused = ("refused", "list", "github")
    shown_refused = ("refused", "show", "github", there.refused_id)
    return {
        "home": ("/", f"/{OF}", [("status", *of)]),
        "dead letters": ("/parts/dead-letters", "/parts/dead-letters", [("dlq", "list")]),
        "configuration errors": ("/parts/broken", f"/parts/broken{OF}", []),
        "the last hour, day and week": ("/parts/totals", f"/parts/totals{OF}", []),
        "the cost": ("/parts/cost", f"/parts/cost{OF}", []),
        "events": ("/events", f"/events{OF}", [("events", "list", *of, "--since", "7d", "--limit", "50")]),
        "events of one type": (
            "/events",
            f"/events{OF}&type=push",
            [("events", "list", *of, "--type", "push")],
        ),
        "events in a state": ("/events", f"/events{OF}&state=pending", []),
        "an event": ("/events/{event_id}", f"{event}{OF}", [("events", "show", there.event_id)]),
        "an event's others": ("/events/{event_id}/others", f"{event}/others{OF}", []),
        "an event to all": ("/events/{event_id}/replay", f"{event}/replay{OF}&to=all", []),
        "a subscription": (one, its, [standing, ("subscriptions", "show", ONE)]),
        "its last day": (counts, f"/counts/subscription/{ONE}", [("stats", ONE, "--by", "hour")]),
        "its answers": (f"{one}/answers", f"{its}/answers", [(*ended, "--since", "24h", "--limit", "1000")]),
        "its history": (f"{one}/history", f"{its}/history", [(*ended, "--since", "7d", "--limit", "50")]),
        "its change": (f"{one}/change", f"{its}/change", [("subscriptions", "show", ONE)]),
        "its change, tried": (f"{one}/change", f"{its}/change?try=1&filter=body.n", []),
        "its pause": (f"{one}/pause", f"{its}/pause", [standing]),
        "its resuming": (f"{one}/resume", f"{its}/resume", [standing]),
        "its secrets' rotation": (f"{one}/rotate", f"{its}/rotate", [("subscriptions", "show", ONE)]),
        "its replay": (f"{one}/replay", f"{its}/replay?since=7d", [("replay", *of, *missed, "--dry-run")]),
        "a new subscription": ("/new/subscription", f"/new/subscription{OF}", []),
        "a URL, checked": ("/parts/url", "/parts/url?url=https%3A%2F%2Fexample.com", []),
        "sources": ("/sources", f"/sources{OF}", [("sources", "list", *of)]),
        "a source": (source, github, [("sources", "show", "github"), refused]),
        "a source's last day": (
            counts,
            f"/counts/source/{TENANT}/github",
            [("stats", "--source", "github", "--by", "hour")],
        ),
        "its first ring": (f"{source}/first", f"{github}/first", [("sources", "show", "github"), refused]),
        "its last event": (f"{source}/last", f"{github}/last", []),
        "a source's pause": (f"{source}/pause", f"{github}/pause", []),
        "a source's resuming": (f"{source}/resume", f"{github}/resume", []),
        "a source's rotation": (f"{source}/rotate", f"{github}/rotate", [("sources", "show", "github")]),
        "a refused request": (
            f"{source}/refused/{{refused_id}}",
            f"{github}/refused/{there.refused_id}",
            [shown_refused],
        ),
        "new sources": ("/new/source", f"/new/source{OF}&q=git", []),
        "a new source": ("/new/source/{provider}", f"/new/source/github{OF}&check=1&source_id=x", []),
        "tenants": ("/tenants", "/tenants", []),
        "a tenant": ("/parts/tenant", f"/parts/tenant{OF}", []),
        "types": ("/types", f"/types{OF}", []),
        "a type": ("/types/{tenant}/{name}", f"/types/{TENANT}/push", []),
        "a type's example": ("/types/{tenant}/{name}/example", f"/types/{TENANT}/push/example", []),
        "jobs": ("/jobs", f"/jobs{OF}", []),
        "a replay": ("/jobs/{job_id}", f"/jobs/{there.replay_id}", []),
        "a job": (
            "/jobs/{tenant}/{job_id}",
            f"/jobs/{TENANT}/{there.job_id}",
            [("jobs", "show", there.job_id, *of)],
        ),
        "changes": ("/audit", f"/audit{OF}", []),
    }
