"""A source with a scheme of its own, set up in a real browser: what is wrong, mended, and it rings."""

from __future__ import annotations

import hashlib
import hmac
import time
from functools import partial

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.e2e.test_console import axe, click, go, person, press, target, until
from tests.e2e.test_console_setup import fill, name_of, said
from tests.support.browser import logged, needs_browser
from tests.support.gateway import Gateway

__all__ = ["axe", "person", "target"]

pytestmark = [pytest.mark.e2e, needs_browser]

SECRET = "what both of them know"


def choose(browser: Chrome, name: str, value: str) -> None:
    Select(browser.find_element(By.NAME, name)).select_by_value(value)


def signed(body: bytes) -> dict[str, str]:
    now = str(int(time.time()))
    mac = hmac.digest(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha512)
    return {"content-type": "application/json", "x-rides-time": now, "x-rides-signature": f"v1={mac.hex()}"}


def test_a_scheme_of_its_own_is_typed_mended_and_let_in(gateway: Gateway, person: Chrome, axe: str) -> None:
    tenant, name, body = name_of("t"), name_of("rides"), b'{"kind":"ride.ended"}'
    go(person, f"/new/source?tenant={tenant}")
    click(person, By.LINK_TEXT, "a scheme of your own")
    until(person, partial(said, person, "New source: Any HMAC scheme"))
    fill(person, "source_id", name)
    choose(person, "algorithm", "hmac-sha512")
    fill(person, "signature.name", "x-rides-signature")
    fill(person, "signature.prefix", "v1=")
    fill(person, "message", "timestamp\ntext:.\nbody")
    choose(person, "event_type.from", "body")
    fill(person, "event_type.key", "kind")
    press(person, "Check it")
    until(person, partial(said, person, "a timestamp must be declared and signed, or neither"))
    choose(person, "timestamp.at", "header")
    fill(person, "timestamp.name", "x-rides-time")
    press(person, "Check it")
    until(person, partial(said, person, "Nothing is wrong with it."))
    person.execute_script(axe)
    found = person.execute_async_script("axe.run().then(arguments[0])")["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    fill(person, "secret0", SECRET)
    press(person, "Create the source")
    until(person, partial(said, person, "Nobody has rung yet."))
    assert gateway.ring(name, body, {**signed(body), "x-rides-time": "1"}).status == 401
    answer = gateway.ring(name, body, signed(body))
    assert answer.status == 202
    until(person, partial(said, person, "It rang: 1 accepted."), 120)
    until(person, lambda: "ride.ended" in go(person, f"/events?tenant={tenant}"))
    assert logged(person) == []
