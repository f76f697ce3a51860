"""How much a page may ask of AWS before its first byte, and how long it may be: every page that there is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage
from doorbell.domain.replays import Selection
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell_cli.console.app import PAGES
from doorbell_cli.ops.jobs import job_desk
from tests.bench.console_pages import pages
from tests.bench.console_stand import Stand
from tests.integration.console.conftest import Browser
from tests.integration.console.test_console_tenants import source
from tests.integration.console.test_console_types import put as put_type
from tests.integration.ops.deployed import DAY, SHARDS, Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import parked, pending

MOST_CALLS, MOST_BYTES = 6, 150_000
SUBSCRIPTIONS, EVENTS = 130, 60
LONG = "the database is on holiday, and so is everybody who could have mended it; " * 3
ONE, JOB = "/subscriptions/acme/billing", "a" * 12

ASKED: Mapping[str, Sequence[str]] = {
    "/": ["/?tenant=acme", "/?tenant=acme&from=s050"],
    "/parts/dead-letters": ["/parts/dead-letters"],
    "/parts/broken": ["/parts/broken?tenant=acme"],
    "/parts/totals": ["/parts/totals?tenant=acme"],
    "/parts/cost": ["/parts/cost?tenant=acme"],
    "/tenants": ["/tenants?tenant=acme"],
    "/parts/tenant": ["/parts/tenant?tenant=acme"],
    "/counts/{kind}/{tenant}/{name}": ["/counts/subscription/acme/billing", "/counts/source/acme/github"],
    "/audit": ["/audit?tenant=acme"],
    "/events": [
        "/events?tenant=acme",
        "/events?tenant=acme&since=30d&type=nothing.*",
        "/events?tenant=acme&state=exhausted",
        "/events?tenant=acme&text=nowhere&source=github",
        "/events?tenant=nobody",
    ],
    "/events/{event_id}": ["/events/{event}?tenant=acme&body=1&why=books", "/events/evt_acme?tenant=acme"],
    "/events/{event_id}/others": ["/events/{event}/others?tenant=acme"],
    "/events/{event_id}/replay": [
        "/events/{event}/replay?tenant=acme",
        "/events/{event}/replay?tenant=acme&to=all",
    ],
    "/subscriptions/{tenant}/{name}": [ONE],
    "/subscriptions/{tenant}/{name}/answers": [f"{ONE}/answers"],
    "/subscriptions/{tenant}/{name}/history": [f"{ONE}/history", f"{ONE}/history?since=30d&status=5xx"],
    "/subscriptions/{tenant}/{name}/change": [f"{ONE}/change", f"{ONE}/change?try=1&filter=body.n"],
    "/subscriptions/{tenant}/{name}/pause": [f"{ONE}/pause"],
    "/subscriptions/{tenant}/{name}/resume": [f"{ONE}/resume"],
    "/subscriptions/{tenant}/{name}/replay": [f"{ONE}/replay", f"{ONE}/replay?since=7d"],
    "/subscriptions/{tenant}/{name}/rotate": [f"{ONE}/rotate"],
    "/types": ["/types?tenant=acme"],
    "/types/{tenant}/{name}": ["/types/acme/push"],
    "/types/{tenant}/{name}/example": ["/types/acme/push/example", "/types/acme/other/example"],
    "/new/subscription": ["/new/subscription?tenant=acme"],
    "/parts/url": ["/parts/url?url=https%3A%2F%2Fexample.com"],
    "/jobs": ["/jobs?tenant=acme"],
    "/jobs/{job_id}": [f"/jobs/{JOB}"],
    "/jobs/{tenant}/{job_id}": ["/jobs/acme/{job}"],
    "/sources": ["/sources?tenant=acme"],
    "/sources/{name}": ["/sources/github"],
    "/sources/{name}/first": ["/sources/github/first"],
    "/sources/{name}/last": ["/sources/github/last"],
    "/sources/{name}/pause": ["/sources/github/pause"],
    "/sources/{name}/resume": ["/sources/github/resume"],
    "/sources/{name}/rotate": ["/sources/github/rotate"],
    "/new/source": ["/new/source?tenant=acme"],
    "/new/source/{provider}": ["/new/source/github?tenant=acme"],
    "/sources/{name}/refused/{refused_id}": ["/sources/github/refused/{refused}"],
}
"""Of each page the addresses that ask most of it."""
SCANNED = Counter({"SourcesTable": 1, "due": 3, "undelivered": 2})
"""What a page may Scan, and how many pages of it: sources have no other list, and these two indexes hold
nothing but what is pending and what was lost, which no key tells by tenant."""
ABSENT = {f"/jobs/{JOB}": 404, "/events/evt_acme?tenant=acme": 404}


def fill(doorbell: Doorbell) -> Mapping[str, str]:
    """A tenant with much of everything; what the addresses name."""
    secret("theirs")
    for number in range(SUBSCRIPTIONS):
        doorbell.subscribe(f"s{number:03d}", description=LONG)
        if number % 10 == 0:
            pending(doorbell, 1000 + number, failures=3, to=f"s{number:03d}")
            source(doorbell, f"source-{number:03d}", "acme")
            put_type(doorbell, f"type.{number}", description=LONG)
    doorbell.subscribe("books", filter="body.n == `1`")
    names = [f"s{number:03d}" for number in range(SUBSCRIPTIONS)]
    routing = RoutingPage(tuple(Match(name, Reason.FILTER_ERROR, LONG) for name in names))
    headers = {f"x-header-{number}": "x" * 100 for number in range(40)}
    event_id = doorbell.event(0, routing=routing, headers=headers)
    now = time.time()
    tries = tuple(Attempt(n, now - 500 + n, 20, 500, None, "", LONG) for n in range(1, 21))
    to = [Delivery(DeliveryKey(event_id, name), "acme", State.PENDING, now - 600, now + 60, now + 960,
                   int(now) + DAY, attempts=tries) for name in names]  # fmt: skip
    for one in to:
        DeliveryTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS).create([one])
    for number in range(1, EVENTS):
        state = "exhausted" if number % 2 else "delivered"
        doorbell.event(number, state=state, age=60 + number * 3600, event_type=f"invoice.{'x' * 100}")
    pending(doorbell, 3000, failures=1)
    parked(doorbell, 600, wake_at=now + 600, wake_shard="0")
    put_type(doorbell, "push")
    refused = [keep(doorbell, number) for number in range(EVENTS)]
    job = job_desk(doorbell.target).replay(Selection("acme", "billing", 0.0, 1.0, ("exhausted",)), 5.0, LONG)
    return {"event": event_id, "refused": refused[0], "job": job.key.job_id}


def test_every_page_is_asked() -> None:
    assert set(ASKED) == set(PAGES)


def test_the_bench_measures_every_page(doorbell: Doorbell) -> None:
    assert {path for path, _, _ in pages(Stand(doorbell.target)).values()} == set(PAGES)


def test_no_page_asks_for_more_than_it_may_nor_is_longer_than_150_kb(
    doorbell: Doorbell, browser: Browser
) -> None:
    """Six calls before its first byte; and Scans of `SCANNED` alone."""
    names = fill(doorbell)
    calls, lengths, scans = dict[str, int](), dict[str, int](), list[str]()
    dynamodb = doorbell.target.client("dynamodb").meta.events
    dynamodb.register(
        "provide-client-params.dynamodb.Scan",
        lambda params, **_: scans.append(params.get("IndexName", params["TableName"])),
    )
    too_many = dict[str, Counter[str]]()
    for path in (path.format(**names) for paths in ASKED.values() for path in paths):
        browser.calls.clear()
        scans.clear()
        answer = browser.client.get(path)
        assert answer.status_code == ABSENT.get(path, 200), path
        calls[path], lengths[path] = browser.before_first_byte, len(answer.content)
        too_many |= {path: left} if (left := Counter(scans) - SCANNED) else {}
    print(calls, lengths, sep="\n")
    assert {path: number for path, number in calls.items() if number > MOST_CALLS} == {}
    assert {path: length for path, length in lengths.items() if length > MOST_BYTES} == {}
    assert too_many == {}
