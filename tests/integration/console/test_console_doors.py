"""What holds for every address of the console, those of tomorrow too: derived from its routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from starlette.testclient import TestClient

from doorbell.domain.conditions import Changed
from doorbell.domain.own_events import PARKED
from doorbell.store.health.changes import ChangeTable
from doorbell_cli.console.app import FORMS, PAGES
from doorbell_cli.console.forms import FORM_TOKEN
from tests.integration.console.conftest import ORIGIN, Browser, Opened
from tests.integration.console.test_console_pages import ACTIVE, HOSTILE
from tests.integration.console.test_console_policies import FIELDS, QUERIES
from tests.integration.console.test_console_types import put as put_type
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import pending

LIVE = ("/live/events", "/live/events/{event_id}", "/live/sources/{name}")
TABLES = ("SourcesTable", "SubscriptionsTable", "EventsTable", "EndpointsTable", "RefusedTable")


def filled(path: str, doorbell: Doorbell, event_id: str = "evt_none", refused_id: str = "000abc") -> str:
    kind = "subscription" if path.startswith("/counts") else ""
    name = "github" if "/sources" in path else "push" if path.startswith("/types") else "billing"
    return path.format(
        kind=kind, tenant="acme", name=name, event_id=event_id, provider="github", job_id="0" * 12,
        refused_id=refused_id,
    )  # fmt: skip


def on_record(doorbell: Doorbell) -> Mapping[str, Any]:
    client = doorbell.target.client("dynamodb")
    return {table: client.scan(TableName=table)["Items"] for table in TABLES}


def test_every_form_is_refused_read_only_with_no_call(doorbell: Doorbell, opened: Opened) -> None:
    for path in FORMS:
        keep(doorbell)
        before, browser = on_record(doorbell), opened(read_only=True)
        browser.calls.clear()
        assert "--read-only" in browser.send(filled(path, doorbell), 403, **FIELDS.get(path, {}))
        assert browser.calls == []
        assert on_record(doorbell) == before


def test_every_form_is_refused_that_no_page_of_the_console_sent(doorbell: Doorbell, browser: Browser) -> None:
    for path in FORMS:
        keep(doorbell)
        before, at = on_record(doorbell), filled(path, doorbell)
        fields = FIELDS.get(path, {})
        browser.calls.clear()
        browser.send(at, 403, token="guessed", **fields)
        ours = {FORM_TOKEN: browser.door.form_token, **fields}
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"origin": "null", "sec-fetch-site": "same-site"},
            {"origin": ORIGIN, "host": "evil.example"},
            {},
        ):
            assert browser.client.post(at, data=ours, headers=headers).status_code in (403, 421), (
                path,
                headers,
            )
        assert browser.calls == []
        assert on_record(doorbell) == before


def test_every_address_is_closed_to_who_was_not_given_the_first_one(browser: Browser) -> None:
    for path in (*PAGES, *LIVE, "/static/console.css"):
        at = path.replace("{", "").replace("}", "")
        stranger = TestClient(browser.client.app, base_url=ORIGIN, follow_redirects=False)
        browser.calls.clear()
        assert stranger.get(at).status_code == 403, path
        assert browser.client.get(at, headers={"host": "evil.example"}).status_code == 421, path
        assert browser.calls == []


def test_no_page_changes_anything(doorbell: Doorbell, browser: Browser) -> None:
    secret("theirs")
    refused_id, event_id = keep(doorbell), doorbell.event(1)
    before = on_record(doorbell)
    for path in PAGES:
        browser.client.get(filled(path, doorbell, event_id, refused_id) + QUERIES.get(path, ""))
        assert on_record(doorbell) == before, path


@pytest.fixture
def hostile(doorbell: Doorbell) -> tuple[str, str]:
    """Every field that somebody else fills, filled with what would act; an event and a refused request."""
    secret("ours")
    event_id = doorbell.event(
        1, event_type=HOSTILE, headers={"x-note": HOSTILE}, content_type=HOSTILE, source_id=HOSTILE
    )
    doorbell.event(2, state="exhausted")
    pending(doorbell, 3, failures=1)
    refused_id = keep(doorbell, 1, headers={"user-agent": HOSTILE}, source_ip=HOSTILE, body=HOSTILE.encode())
    put_type(doorbell, "push", description=HOSTILE)
    doorbell.subscribe("billing", description=HOSTILE, disabled_reason=HOSTILE, disabled_at=1)
    ChangeTable(doorbell.target.client("dynamodb"), "EndpointsTable").add(
        "acme/billing", Changed(1e9, PARKED, HOSTILE)
    )
    return event_id, refused_id


def test_what_outsiders_write_and_what_stands_in_an_address_acts_on_no_page(
    doorbell: Doorbell, browser: Browser, hostile: tuple[str, str]
) -> None:
    for path in PAGES:
        typed = urlencode(
            dict.fromkeys(
                ("q", "type", "source", "text", "why", "on", "filter", "transform", "event_types", "url",
                 "after", "source_id", "subscription_id", "tenant", "body", "check", "cursor"), HOSTILE,
            )
        )  # fmt: skip
        at = filled(path, doorbell, *hostile)
        query = QUERIES.get(path, "") or "?tenant=acme"
        parts = ("kind", "tenant", "name", "event_id", "provider", "job_id", "refused_id")
        odd = path.format(**dict.fromkeys(parts, quote(HOSTILE, safe="")))
        refusable = urlencode(dict.fromkeys(("state", "status", "since", "until"), HOSTILE))
        for address in (f"{at}{query}", f"{at}?{typed}", f"{odd}?{typed}", f"{at}?{refusable}"):
            answer = browser.client.get(address)
            assert answer.status_code < 500 or 'role="alert"' in answer.text, address
            assert not any(active in answer.text for active in ACTIVE), address


def test_what_is_sent_in_a_form_acts_in_no_answer(
    doorbell: Doorbell, browser: Browser, hostile: tuple[str, str]
) -> None:
    for path in FORMS:
        names = {name for fields in FIELDS.values() for name in fields} | {"source_id", "signing", "role_arn"}
        data = {**dict.fromkeys(names, HOSTILE), FORM_TOKEN: browser.door.form_token}
        headers = {"origin": "null", "sec-fetch-site": "same-origin"}
        answer = browser.client.post(filled(path, doorbell, *hostile), data=data, headers=headers)
        assert not any(active in answer.text for active in ACTIVE)
