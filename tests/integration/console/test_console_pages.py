"""What the console's pages show of a Doorbell, and how much they ask of AWS."""

from __future__ import annotations

import re
import time

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage
from doorbell.domain.rollups import SPREAD, Holder, Kind, bucket_at
from doorbell.store.rollups.rollup_table import RollupTable
from tests.integration.console.conftest import Browser, Opened
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import parked, pending

HOSTILE = "<script>alert(1)</script>\"'\u202e\x1b[2J</pre></td>"
ACTIVE = ("<script>alert", "\u202e", "\x1b")


def test_home_says_what_fails_since_when_and_what_happens_next(doorbell: Doorbell, browser: Browser) -> None:
    pending(doorbell, 3, failures=2)
    for number, (name, age) in enumerate({"books": 7200, "mail": 600}.items()):
        doorbell.subscribe(name)
        pending(doorbell, 10 + number, failures=1, to=name, created_at=time.time() - age)
    parked(doorbell, 600)
    browser.calls.clear()
    home = browser.page("/?tenant=acme")
    assert len(browser.calls) <= 6
    assert '<a href="/subscriptions/acme/billing">billing</a>' in home
    assert "parked: one probe" in home
    assert "out of order 3" in home
    held = home.partition('<table class="held">')[2].partition("</table>")[0]
    assert '<td>the endpoint is parked</td><td class="amount">1</td>' in held
    assert '<td>its retry schedule</td><td class="amount">2</td>' in held
    assert ">2 h ago</time>" in held, "when the oldest of them was made"
    assert "Nothing fails" in browser.page("/?tenant=another")


def test_an_event_shows_its_deliveries_who_wanted_it_and_why_another_did_not(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.subscribe("books", filter="body.n == `1`")
    routing = RoutingPage((Match("billing", Reason.MATCHED), Match("books", Reason.FILTER)), filtered=1)
    event_id = doorbell.event(1, state="exhausted", routing=routing)
    browser.calls.clear()
    page = browser.page(f"/events/{event_id}")
    assert browser.calls == ["Query"]
    assert "exhausted (schedule)" in page
    assert "no: the filter says no" in page
    assert "<svg" in page
    asked = browser.page(f"/events/{event_id}?why=books&body=1")
    assert "As it is now: the filter says no." in asked
    assert ">{}</pre>" in asked


def test_events_are_found_page_by_page(doorbell: Doorbell, browser: Browser) -> None:
    for number in range(53):
        doorbell.event(number, age=60 + number, event_type="push" if number % 2 else "issues")
    first = browser.page("/events?tenant=acme")
    assert first.count("evt_acme_") >= 50
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.page(link)
    seen = {number for number in range(53) if f">evt_acme_{number}<" in first + second}
    assert seen == set(range(53))
    assert ">evt_acme_2<" not in browser.page("/events?tenant=acme&type=push")
    browser.page("/events?tenant=acme&since=yesterday", 422)


def test_events_go_out_as_they_are_found_and_a_page_looks_at_eight_days(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.event(1)
    doorbell.event(2, age=20 * DAY, event_type="issues")
    edge = (time.time() // DAY - 7) * DAY
    for number, at in ((3, edge + 1), (4, edge - 1)):
        doorbell.event(number, age=time.time() - at)
    browser.calls.clear()
    page = browser.page("/events?tenant=acme&since=30d")
    assert browser.before_first_byte == 0
    assert len(browser.calls) == 6 * 8
    seen, links = page.count(">evt_acme_"), 0
    assert seen == 2
    while link := page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&"):
        page = browser.page(link)
        seen, links = seen + page.count(">evt_acme_"), links + 1
    assert (seen, links) == (4, 3), "thirty-one days, eight on a page, and each event once"


def test_home_lists_a_hundred_subscriptions_and_leads_to_the_others(
    doorbell: Doorbell, browser: Browser
) -> None:
    for number in range(120):
        doorbell.subscribe(f"s{number:03d}")
    first = browser.page("/?tenant=acme")
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.page(link.partition("#")[0])
    found = [set(re.findall(r">(s\d{3})</a>", page)) for page in (first, second)]
    assert found[0] | found[1] == {f"s{number:03d}" for number in range(120)}
    assert not found[0] & found[1]
    assert 'rel="next"' not in second


def test_what_cannot_be_used_is_counted_and_named(doorbell: Doorbell, browser: Browser) -> None:
    assert "None was found." in browser.page("/parts/broken?tenant=nobody")
    keep(doorbell)  # with a source that is whole
    assert "None was found." in browser.page("/parts/broken?tenant=acme")
    doorbell.put("SubscriptionsTable", {"tenant_id": "acme", "subscription_id": "bad", "url": HOSTILE})
    doorbell.put("SourcesTable", {"source_id": "odd", "tenant_id": "acme", "provider": HOSTILE})
    doorbell.put("SourcesTable", {"source_id": "theirs", "tenant_id": "other", "provider": "nobody"})
    assert 'data-part="/parts/broken?tenant=acme"' in browser.page("/?tenant=acme")
    page = browser.page("/parts/broken?tenant=acme")
    assert '<p id="part"><a href="/parts/broken?tenant=acme">2</a></p>' in page
    assert '<a href="/subscriptions/acme/bad">subscription acme/bad</a></td><td>url</td>' in page
    assert '<a href="/sources/odd">source odd</a></td><td>provider</td>' in page
    assert not any(active in page for active in ACTIVE)


def test_a_subscription_shows_what_fails_and_what_was_lost(doorbell: Doorbell, browser: Browser) -> None:
    pending(doorbell, 2, failures=3)
    lost = doorbell.event(7, state="exhausted")
    browser.calls.clear()
    page = browser.page("/subscriptions/acme/billing")
    assert len(browser.calls) <= 6
    assert f'href="/events/{lost}?tenant=acme"' in page
    assert "3 of 10" in page
    assert "https://example.com/hook" in page
    browser.page("/subscriptions/acme/nobody", 404)


def test_a_source_shows_its_address_and_who_was_refused(doorbell: Doorbell, browser: Browser) -> None:
    secret("ours")
    refused_id = keep(doorbell)
    browser.calls.clear()
    page = browser.page("/sources/github")
    assert browser.calls == ["GetItem", "Query"]
    assert "/in/github</code>" in page
    assert f"/sources/github/refused/{refused_id}" in page
    assert "signed with another secret" in browser.page(f"/sources/github/refused/{refused_id}")
    assert 'href="/sources/github"' in browser.page("/sources?tenant=acme")
    browser.page("/sources/nobody", 404)


def test_the_last_day_is_shown_by_hour(doorbell: Doorbell, browser: Browser) -> None:
    holder, now = Holder(Kind.SUBSCRIPTION, "acme", "billing"), time.time()
    counts = {"delivered": 7, "failed.5xx": 2, "l10": 7, "t10": 9}
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    table.add(holder, bucket_at(now - 3600), counts)
    browser.calls.clear()
    page = browser.page("/counts/subscription/acme/billing")
    assert browser.calls == ["Query"] * SPREAD
    assert ": 7 delivered, 2 failed attempts</title>" in page
    assert "2: 2 5xx" in page
    assert "p95" in page
    assert 'data-part="/counts/subscription/acme/billing"' in browser.page("/subscriptions/acme/billing")
    assert 'data-part="/counts/source/acme/github"' in browser.page("/sources/github")
    browser.page("/counts/planet/acme/mars", 404)


def test_dead_letters_are_counted(doorbell: Doorbell, browser: Browser) -> None:
    url = doorbell.target.queue_url("EventsDeadLetter")
    doorbell.target.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    page = browser.page("/parts/dead-letters")
    assert "<dt>events</dt><dd>1</dd>" in page
    assert '<p id="part"><a href="/parts/dead-letters">1</a></p>' in page


def test_what_outsiders_write_is_shown_and_never_acts(doorbell: Doorbell, browser: Browser) -> None:
    event_id = doorbell.event(
        1, event_type=HOSTILE, headers={"x-note": HOSTILE}, content_type=HOSTILE, source_id=HOSTILE
    )
    doorbell.event(2, to="books", state="exhausted")
    doorbell.subscribe("books", description=HOSTILE, url=f"https://example.com/{HOSTILE}")
    secret("ours")
    refused_id = keep(doorbell, 1, headers={"user-agent": HOSTILE}, source_ip=HOSTILE, body=HOSTILE.encode())
    now = time.time()
    key = DeliveryKey(event_id, "books")
    doorbell.deliver(
        Delivery(key, "acme", State.PENDING, now, now, now + 900, int(now) + DAY), "exhausted", HOSTILE
    )
    pages = [
        "/?tenant=acme", "/events?tenant=acme", f"/events/{event_id}?body=1", "/subscriptions/acme/books",
        "/sources/github", f"/sources/github/refused/{refused_id}", "/sources?tenant=acme",
    ]  # fmt: skip
    shown = 0
    for path in pages:
        page = browser.page(path)
        assert not any(active in page for active in ACTIVE), path
        shown += "&lt;script&gt;alert(1)" in page
    assert shown >= 5
    browser.page(f"/?tenant={'<script>alert(1)</script>'}")
    assert "<script>alert" not in browser.page("/?tenant=<script>alert(1)</script>")


@pytest.mark.parametrize("path", ["/nowhere", "/events/evt_none", "/sources/x/refused/y"])
def test_what_is_not_there_is_said_in_a_page(browser: Browser, path: str) -> None:
    assert 'role="alert"' in browser.page(path, 404)


def test_what_aws_refuses_is_said_in_a_page(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.target.client("dynamodb").delete_table(TableName="EventsTable")
    assert "ResourceNotFoundException" in browser.page("/events/evt_none?tenant=acme", 502)
    of_one = [f"/subscriptions/acme/billing{part}" for part in ("", "/pause", "/history", "/answers")]
    for begun in ("/?tenant=acme", "/events?tenant=acme", "/events/evt_none/others", *of_one):
        page = browser.page(begun)
        assert 'role="alert">It ends here: ' in page
        assert "ResourceNotFoundException" in page
        assert page.endswith("</html>")


def test_a_stack_that_lacks_a_part_is_told_in_words(opened: Opened) -> None:
    said = opened(RefusedTableName=None).page("/sources/github", 502)
    assert "has no output RefusedTableName. Is it Doorbell&#39;s, and new enough?" in said
    assert "is the stack whole, and new enough?" in opened(EventsTableName="gone").page("/?tenant=acme")


def test_a_page_stays_small(doorbell: Doorbell, browser: Browser) -> None:
    for number in range(60):
        doorbell.event(number, age=60 + number)
        doorbell.subscribe(f"subscription-{number:03d}")
    for path in ("/?tenant=acme", "/events?tenant=acme", "/subscriptions/acme/billing", "/sources/github"):
        assert len(browser.page(path).encode()) <= 150_000


def test_read_only_shows_no_button_that_changes_anything(doorbell: Doorbell, opened: Opened) -> None:
    event_id = doorbell.event(1)
    browser = opened(read_only=True)
    for path in (f"/events/{event_id}", "/subscriptions/acme/billing", "/sources/github"):
        assert 'method="post"' not in browser.page(path)
