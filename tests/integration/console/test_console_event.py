"""An event's page: why its deliveries wait, who did not get it and why, and sending it to all anew."""

from __future__ import annotations

import re
import time

import pytest

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.dynamodb.tables import unmarshal
from doorbell_cli.console.views.event import DELIVERIES, TRIES
from tests.integration.console.conftest import Browser, Opened
from tests.integration.console.test_console_pages import ACTIVE, HOSTILE
from tests.integration.console.test_console_totals import rows
from tests.integration.console.test_console_waiting import hidden
from tests.integration.ops.deployed import DAY, SHARDS, Doorbell
from tests.integration.ops.test_ops_status import held, parked


def deliver(doorbell: Doorbell, event_id: str, to: str, state: str = "exhausted") -> None:
    now = time.time()
    key = DeliveryKey(event_id, to)
    doorbell.deliver(Delivery(key, "acme", State.PENDING, now, now, now + 900, int(now) + DAY), state)


def waiting(doorbell: Doorbell, event_id: str, to: str, tries: int = 0, told: str = "out of order") -> None:
    now = time.time()
    made = tuple(Attempt(n, now - 500 + n, 20, 500, None, told, told) for n in range(1, tries + 1))
    pending = Delivery(
        DeliveryKey(event_id, to), "acme", State.PENDING, now - 600, now + 95, now + 960, int(now) + DAY,
        attempts=made,
    )  # fmt: skip
    DeliveryTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS).create([pending])


def next_step(page: str) -> str:
    """What stands in the row of what comes next, as text."""
    found = re.search(r'<td class="text">(next[^<]*)</td>', page)
    return found[1] if found else ""


def generations(doorbell: Doorbell, event_id: str) -> set[str]:
    return {name.removeprefix("delivery#") for name in doorbell.items(event_id) if "#" in name}


def test_it_says_why_a_delivery_waits_and_when_what_comes_next(doorbell: Doorbell, browser: Browser) -> None:
    event_id = doorbell.event(1, to="books")
    waiting(doorbell, event_id, "billing", tries=2)
    browser.calls.clear()
    page = browser.page(f"/events/{event_id}?tenant=acme")
    assert browser.calls == ["Query", "BatchGetItem"]
    assert next_step(page) == "next: its retry schedule"
    assert re.search(r">in 1 min \d+ s</time>", page)
    parked(doorbell, 605)
    page = browser.page(f"/events/{event_id}?tenant=acme")
    assert next_step(page) == "next: the endpoint is parked"
    assert ">in 10 min" in page, "when it is probed"
    assert 'class="held"' in page
    assert "kept back: the endpoint is parked</title>" in page


def test_what_a_pause_holds_has_no_next_time(doorbell: Doorbell, browser: Browser) -> None:
    event_id = doorbell.event(1, to="books")
    waiting(doorbell, event_id, "billing")
    held(doorbell, event_id, paused_at=time.time() - 300)
    page = browser.page(f"/events/{event_id}?tenant=acme")
    assert next_step(page) == "next: the subscription is paused"
    assert "<td>1</td><td>–</td>" in page


def test_of_many_deliveries_and_attempts_a_page_shows_some_and_leads_to_the_others(
    doorbell: Doorbell, browser: Browser
) -> None:
    event_id = doorbell.event(1, to="a")
    waiting(doorbell, event_id, "b", tries=TRIES + 3)
    for number in range(DELIVERIES):
        deliver(doorbell, event_id, f"s{number:02d}")
    first = browser.page(f"/events/{event_id}?tenant=acme")
    assert "(3 before)" in first
    assert [f"attempt {number}:" in first for number in (3, 4, TRIES + 3)] == [False, True, True]
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.page(link)
    shown = [
        set(re.findall(r'<td rowspan="\d+"><a href="[^"]*">(\w+)</a>', page)) for page in (first, second)
    ]
    assert shown[0] | shown[1] == {"a", "b", *(f"s{number:02d}" for number in range(DELIVERIES))}
    assert not shown[0] & shown[1]


def test_who_is_not_on_its_record_is_asked_why_and_named(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.subscribe("billing")
    doorbell.subscribe("till", sources=["shop", "till"])
    doorbell.subscribe("invoices", event_types=["invoice.*"])
    doorbell.subscribe("off", enabled=False)
    doorbell.subscribe("picky", filter="body.n == `1`")
    doorbell.subscribe("late")
    doorbell.put("SubscriptionsTable", {"tenant_id": "acme", "subscription_id": "broken", "url": 7})
    doorbell.subscribe("theirs", tenant="other")
    event_id = doorbell.event(1)
    page = browser.page(f"/events/{event_id}")
    assert f'data-part="/events/{event_id}/others?tenant=acme"' in page
    browser.calls.clear()
    others = dict(rows(browser.page(f"/events/{event_id}/others?tenant=acme"), "others"))
    assert browser.calls == ["Query", "Query"]
    assert others["till"].strip() == "its source is not listed: it names shop, till, not github"
    assert others["invoices"].strip() == "its type matches no glob: it names invoice.*, and this is push"
    assert "disabled" in others["off"]
    assert others["picky"].strip() == "the filter says no"
    assert "it would match now" in others["late"]
    assert "it is broken, and left out" in others["broken"]
    assert not {"billing", "theirs"} & set(others)


def test_the_beginning_of_an_id_is_looked_for_behind_the_head_of_a_page(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.event(17)
    browser.calls.clear()
    page = browser.page("/events/evt_acme_1?tenant=acme", 404)
    assert browser.before_first_byte == 1
    assert '<a class="id" data-go href="/events/evt_acme_17?tenant=acme">evt_acme_17</a>' in page
    doorbell.event(18)
    assert "2 events begin with evt_acme_1" in browser.page("/events/evt_acme_1?tenant=acme", 404)
    assert "<p>None does.</p>" in browser.page("/events/evt_none?tenant=acme", 404)
    browser.page(f"/events/evt_{'a' * 32}?tenant=acme", 404)
    assert len(browser.calls) > 6


def test_an_event_is_replayed_to_all_who_missed_it_with_the_plan_first(
    doorbell: Doorbell, browser: Browser
) -> None:
    event_id = doorbell.event(1, to="billing", state="exhausted")
    for name, state in {
        "books": "cancelled",
        "fine": "delivered",
        "off": "exhausted",
        "gone": "exhausted",
    }.items():
        deliver(doorbell, event_id, name, state)
    for name in ("billing", "books", "fine"):
        doorbell.subscribe(name)
    doorbell.subscribe("off", enabled=False)
    before = generations(doorbell, event_id)
    assert f'href="/events/{event_id}/replay?tenant=acme"' in browser.page(f"/events/{event_id}")
    plan = browser.page(f"/events/{event_id}/replay?tenant=acme")
    assert [row[0] for row in rows(plan.replace('id="plan"', 'class="plan"'), "plan")] == ["billing", "books"]
    assert ">off</a>: it is disabled" in plan
    assert ">gone</a>: it is not there any more, or broken" in plan
    assert generations(doorbell, event_id) == before, "nothing is written yet"
    assert "Replay to 2 subscriptions</button>" in plan
    sent = browser.send(f"/events/{event_id}/replay-all", 200, **hidden(plan))
    assert "Replayed to 2" in sent
    assert generations(doorbell, event_id) - before == {"billing#0001", "books#0001"}
    assert {one["subscription_id"] for one in doorbell.messages("Deliveries")} == {"billing", "books"}
    for name in ("billing#0001", "books#0001"):
        item = unmarshal(doorbell.items(event_id)[f"delivery#{name}"])
        doorbell.put("EventsTable", {**item, "state": "delivered", "ended_at": time.time()})
    again = browser.send(f"/events/{event_id}/replay-all", 200, **hidden(plan))
    assert "it was replayed meanwhile" in again
    assert "Replayed to 0" in again
    assert generations(doorbell, event_id) - before == {"billing#0001", "books#0001"}
    record = browser.page("/audit?tenant=acme")
    assert f"event {event_id}" in record
    assert "to 2: billing, books" in record
    assert "arn:aws:" in record


def test_who_got_it_is_sent_it_again_only_if_that_is_asked_for(doorbell: Doorbell, browser: Browser) -> None:
    event_id = doorbell.event(1, to="fine")
    doorbell.subscribe("fine")
    waiting(doorbell, event_id, "slow")
    plan = browser.page(f"/events/{event_id}/replay?tenant=acme")
    assert "Nobody." in plan
    assert '<form class="act"' not in plan
    plan = browser.page(f"/events/{event_id}/replay?tenant=acme&to=all")
    assert ">slow</a>: a delivery to it is still under way" in plan
    browser.send(f"/events/{event_id}/replay-all", 200, **hidden(plan))
    assert generations(doorbell, event_id) == {"fine", "fine#0001", "slow"}


@pytest.mark.parametrize(
    "plan",
    [
        "",
        "billing",
        "billing/x",
        "billing/1 ",
        "a$b/1",
        "billing/1 a b",
        " ".join(f"x{n}/1" for n in range(101)),
    ],
)
def test_what_is_no_plan_replays_nothing(doorbell: Doorbell, browser: Browser, plan: str) -> None:
    event_id = doorbell.event(1, state="exhausted")
    doorbell.subscribe("billing", enabled=plan != "billing/1 ")
    assert browser.send(f"/events/{event_id}/replay-all", 409 if plan == "billing/1 " else 422, plan=plan)
    assert generations(doorbell, event_id) == {"billing"}
    assert "<tbody>" not in browser.page("/audit?tenant=acme")


def test_a_form_without_its_token_and_a_read_only_console_replay_nothing(
    doorbell: Doorbell, opened: Opened
) -> None:
    event_id = doorbell.event(1, state="exhausted")
    doorbell.subscribe("billing")
    opened().send(f"/events/{event_id}/replay-all", 403, token="other", plan="billing/1")
    browser = opened(read_only=True)
    assert 'method="post"' not in browser.page(f"/events/{event_id}/replay?tenant=acme")
    browser.send(f"/events/{event_id}/replay-all", 403, plan="billing/1")
    assert generations(doorbell, event_id) == {"billing"}


def test_hostile_text_does_nothing_on_any_of_its_pages(doorbell: Doorbell, browser: Browser) -> None:
    routing = RoutingPage((Match("billing", Reason.FILTER_ERROR, HOSTILE),), failed=1)
    event_id = doorbell.event(1, state="exhausted", event_type=HOSTILE, source_id=HOSTILE, routing=routing)
    waiting(doorbell, event_id, "books", tries=1, told=HOSTILE)
    doorbell.subscribe("billing", url=f"https://example.com/{HOSTILE}")
    doorbell.subscribe("till", sources=[HOSTILE])
    doorbell.subscribe("types", event_types=[HOSTILE])
    shown = 0
    for path in ("", "?why=till", "/others", "/replay", "/replay?to=all"):
        whole = f"/events/{event_id}{path}{'&' if '?' in path else '?'}tenant=acme"
        page = browser.page(whole)
        assert not any(active in page for active in ACTIVE), path
        shown += "&lt;script&gt;alert(1)" in page
    assert shown >= 3
    for path in ("/events/%3Cscript%3Ealert(1)", "/events/evt_%E2%80%AE"):
        page = browser.page(path, 404)
        assert not any(active in page for active in ACTIVE)


def plans(browser: Browser, event_id: str, to: str = "") -> list[tuple[list[str], str]]:
    """Of each plan, as its pages lead on: to whom, and what its form would send."""
    found, path = list[tuple[list[str], str]](), f"/events/{event_id}/replay?tenant=acme{to}"
    while path:
        browser.calls.clear()
        page = browser.page(path)
        shown = [row[0] for row in rows(page.replace('id="plan"', 'class="plan"'), "plan") if len(row) > 1]
        assert browser.calls.count("Query") <= 4
        found.append((shown, hidden(page).get("plan", "") if shown else ""))
        path = page.partition('<a rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert ("The plan was cut here" in page) == bool(path)
    return found


@pytest.mark.parametrize(("looked", "most"), [(4, 100), (6, 2), (1, 100), (500, 1), (500, 100)])
def test_a_plan_looks_at_so_many_deliveries_and_no_more_and_the_next_goes_on_behind_it(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch, looked: int, most: int
) -> None:
    """Each who missed it is in one of the plans, with the replay that is really next."""
    monkeypatch.setattr("doorbell_cli.ops.replay_all.LOOKED_AT", looked)
    monkeypatch.setattr("doorbell_cli.ops.replay_all.PAGE", max(1, looked // 2))
    monkeypatch.setattr("doorbell_cli.ops.replay_all.MOST", most)
    names = [f"s{number}" for number in range(7)]
    event_id = doorbell.event(1, to=names[0], state="exhausted")
    for name in names:
        doorbell.subscribe(name)
    for number, name in enumerate(names[1:], 1):
        deliver(doorbell, event_id, name, "delivered" if number == 4 else "exhausted")
    now = time.time()
    for generation in range(1, 3):
        again = Delivery(
            DeliveryKey(event_id, "s2", generation),
            "acme",
            State.PENDING,
            now,
            now,
            now + 900,
            int(now) + DAY,
        )
        doorbell.deliver(again, "exhausted")
    found = plans(browser, event_id)
    assert all(len(shown) <= most for shown, _ in found)
    missed = [name for shown, _ in found for name in shown]
    everybody = [name for shown, _ in plans(browser, event_id, "&to=all") for name in shown]
    if looked > 2:  # more than one subscription's deliveries
        assert missed == [name for name in names if name != "s4"]
        assert everybody == names
        assert "s2/3" in " ".join(text for _, text in found).split()
    assert {*missed} == {*names} - {"s4"}
    assert {*everybody} == {*names}
