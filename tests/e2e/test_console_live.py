"""Pages that follow what they show, in a real browser: a job, the list of jobs, a subscription."""

from __future__ import annotations

import time

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.target import Target
from tests.e2e.test_console import go, person, press, target, text, until
from tests.support.browser import logged, needs_browser
from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.subscribers import always, subscriber, verifying

__all__ = ["person", "target"]

pytestmark = [pytest.mark.e2e, needs_browser]


def once(browser: Chrome) -> bool:
    """Whether the page is the one that was opened."""
    return bool(browser.execute_script("return window.openedOnce === true"))


def opened(browser: Chrome, path: str) -> None:
    go(browser, path)
    browser.execute_script("window.openedOnce = true")


def part(browser: Chrome, name: str) -> str:
    return browser.find_element(By.ID, name).text


def test_a_job_is_seen_to_end_and_to_be_verified_on_a_page_that_is_opened_once(
    gateway: Gateway, person: Chrome
) -> None:
    source = gateway.put_source()
    with subscriber(verifying) as books:
        secret = gateway.put_secret(SIGNING_SECRET)
        name = gateway.put_subscription(source, books.url, secrets=[secret])
        with gateway.without_ticks():
            go(person, f"/subscriptions/t-{source}/{name}")
            press(person, "Send one as a job")
            until(person, lambda: "Test for" in text(person))
            at = person.current_url
            opened(person, at)
            until(person, lambda: "Following" in text(person))
            assert "queued" in part(person, "state")
            assert person.find_elements(By.XPATH, "//button[text()='Call it off']")
        until(person, lambda: "done" in part(person, "state"), 180)
        until(person, lambda: "It has ended." in text(person))
        assert "says that it verified the signature" in part(person, "job")
        until(person, lambda: not person.find_elements(By.XPATH, "//button[text()='Call it off']"))
        assert once(person)
    assert "delivered" in go(person, f"/jobs?tenant=t-{source}")
    assert not person.find_elements(By.CSS_SELECTOR, "[data-moves]"), "none is under way"
    assert logged(person) == []


def test_a_subscription_is_seen_to_be_paused_to_hold_and_to_fail_on_a_page_that_is_opened_once(
    gateway: Gateway, person: Chrome, target: Target
) -> None:
    source = gateway.put_source()
    with subscriber(always(500)) as books:
        name = gateway.put_subscription(source, books.url, retry={"schedule": [0, 600], "jitter": 0})
        key = (f"t-{source}", name)
        opened(person, f"/subscriptions/{'/'.join(key)}")
        until(person, lambda: "Following" in text(person))
        table = SUBSCRIPTION.table(target)
        stored = table.get(*key)
        assert stored is not None
        table.pause(stored, time.time())
        until(person, lambda: "paused" in part(person, "stands").lower())
        gateway.push(source)
        until(person, lambda: "1" in fact(person, "waiting"), 120)
        stored = table.get(*key)
        assert stored is not None
        table.resume(stored, time.time())
        until(person, lambda: "paused" not in part(person, "stands").lower())
        books.wait_for(1, 120)
        until(person, lambda: "500" in part(person, "failing"), 120)
        press(person, "Stop following")
        until(person, lambda: "Not followed." in text(person))
        assert once(person)
    assert logged(person) == []


def test_what_has_not_moved_is_left_as_it_is_with_whoever_is_about_to_click_on_it(
    gateway: Gateway, person: Chrome
) -> None:
    source = gateway.put_source()
    with subscriber(always(500)) as books:
        name = gateway.put_subscription(source, books.url, retry={"schedule": [0], "jitter": 0})
        gateway.wait_until_ended(gateway.push(source).event_id, 1, 120)
    marking = "addEventListener('DOMContentLoaded', () => { lost.querySelector('a').ours = true })"
    added = person.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": marking})
    go(person, f"/subscriptions/t-{source}/{name}")
    person.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    fetched = "one.initiatorType == 'fetch' && one.name == location.href"
    read_anew = f"return performance.getEntriesByType('resource').some(one => {fetched})"
    until(person, lambda: person.execute_script(read_anew))
    time.sleep(0.5)  # it is put in its place then
    assert person.execute_script("return lost.querySelector('a').ours === true")


def fact(browser: Chrome, name: str) -> str:
    found = browser.find_elements(By.XPATH, f"//dl[@id='stands']//dt[text()='{name}']/following-sibling::dd")
    return found[0].text if found else ""
