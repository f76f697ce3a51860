"""Home, the list of events and an event in a real browser: keys, a replay to all, the cost, a short id."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from doorbell.domain.subscriptions import MAX_TIMEOUT_SECONDS
from tests.e2e.test_console import click, go, person, press, target, text, until
from tests.support.browser import needs_browser
from tests.support.gateway import Gateway
from tests.support.subscribers import Handler, failing, ok, subscriber

__all__ = ["person", "target"]

pytestmark = [pytest.mark.e2e, needs_browser]

HELD_SECONDS = MAX_TIMEOUT_SECONDS - 5
"""An answer, at most: less than a delivery waits for it."""


def test_the_list_is_walked_searched_opened_and_read_anew_by_keys(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    found = [gateway.push(source).event_id for _ in range(3)]
    until(person, lambda: all(one in go(person, f"/events?tenant=t-{source}") for one in found))
    shown = [one.text for one in person.find_elements(By.CSS_SELECTOR, "#events td a.id")]

    def marked() -> list[str]:
        return [one.text for one in person.find_elements(By.CSS_SELECTOR, "tr[aria-current] a.id")]

    def key(*keys: str) -> None:
        person.switch_to.active_element.send_keys(*keys)

    for pressed, row in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1), ("k", 0), ("k", 0), ("j", 1)):
        key(pressed)
        assert marked() == [shown[row]]
        assert person.switch_to.active_element.text == shown[row]
    key("/")
    assert person.switch_to.active_element.get_attribute("id") == "search"
    key("jkr")
    assert person.switch_to.active_element.get_attribute("value") == "jkr", "in a field they are letters"
    assert marked() == [shown[1]]
    key(Keys.ESCAPE)
    key(Keys.ENTER)
    until(person, lambda: shown[1] in person.current_url)
    go(person, f"/events?tenant=t-{source}")
    key("/")
    key("refs/heads", Keys.ENTER)
    until(person, lambda: "text=refs%2Fheads" in person.current_url)
    assert all(one in text(person) for one in found)


def test_an_event_is_replayed_to_all_who_missed_it(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    once = {"schedule": [0], "jitter": 0}
    with subscriber(failing(1)) as books, subscriber(failing(1)) as mail, subscriber(ok) as fine:
        names = [gateway.put_subscription(source, at.url, retry=once) for at in (books, mail)]
        got = gateway.put_subscription(source, fine.url)
        event_id = gateway.push(source).event_id
        lost = "table.deliveries .dot.red"

        def both_lost() -> bool:
            go(person, f"/events/{event_id}")
            return len(person.find_elements(By.CSS_SELECTOR, lost)) == 2

        until(person, both_lost)
        click(person, By.PARTIAL_LINK_TEXT, "Replay to all")
        until(person, lambda: "Replay to 2 subscriptions" in text(person))
        assert got not in text(person)
        press(person, "Replay to 2")
        until(person, lambda: "Replayed to 2" in text(person))
        books.wait_for(2, 60)
        mail.wait_for(2, 60)
        again = [f"{name} (replay 1)" for name in names]
        until(person, lambda: all(one in go(person, f"/events/{event_id}") for one in again))
        assert len(fine.received) == 1
    assert "to 2: " in go(person, f"/audit?tenant=t-{source}")


def test_home_tells_what_this_month_has_cost_and_what_is_broken(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    with subscriber(ok) as books:
        gateway.put_subscription(source, books.url)
        gateway.put_source(tenant_id=f"t-{source}", provider="nobody")
        gateway.push(source)
        books.wait_for(1, 60)
        until(person, lambda: "DynamoDB" in go(person, f"/parts/cost?tenant=t-{source}"))
    go(person, f"/?tenant=t-{source}")  # its parts come after it: who loads it again and again sees none
    until(person, lambda: "This tenant's events, USD" in text(person))
    tile = "//dt[text()='Configuration errors']/following-sibling::dd"
    until(person, lambda: person.find_element(By.XPATH, tile).text == "1")


def test_the_beginning_of_an_id_leads_to_its_event(gateway: Gateway, person: Chrome) -> None:
    source = gateway.put_source()
    event_id = gateway.push(source).event_id
    until(person, lambda: event_id in go(person, f"/events?tenant=t-{source}"))
    go(person, f"/events/{event_id[:20]}?tenant=t-{source}")
    until(person, lambda: f"/events/{event_id}" in person.current_url)


def test_a_delivery_is_seen_to_fail_twice_and_to_succeed_on_a_page_that_is_opened_once(
    gateway: Gateway, person: Chrome
) -> None:
    gates, opened = [threading.Event(), threading.Event()], "return window.openedOnce === true"

    def behave(handler: Handler, number: int) -> None:
        if number <= len(gates):
            gates[number - 1].wait(HELD_SECONDS)
        handler.answer(500 if number <= len(gates) else 204)

    def bars(kind: str) -> int:
        return len(person.find_elements(By.CSS_SELECTOR, f"#deliveries svg rect.{kind}"))

    def have_failed(number: int) -> bool:
        return bars("bad") >= number

    source = gateway.put_source()
    with subscriber(behave) as books:
        retry = {"schedule": [0, 1, 1, 1], "jitter": 0}
        gateway.put_subscription(source, books.url, retry=retry, timeout_seconds=int(MAX_TIMEOUT_SECONDS))
        event_id = gateway.push(source).event_id
        until(person, lambda: "pending" in go(person, f"/events/{event_id}"))
        person.execute_script("window.openedOnce = true")
        until(person, lambda: "Following" in text(person))
        for failed, gate in enumerate(gates, 1):
            gate.set()
            until(person, partial(have_failed, failed))
        until(person, lambda: bars("good") == 1)
        assert bars("bad") == 2
        until(person, lambda: "Nothing is left to be sent." in text(person))
        assert "delivered" in text(person)
        assert person.execute_script(opened)
