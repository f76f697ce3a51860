"""A change of a subscription is tried on what came, beside what was, and loses nothing of the item."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote

from doorbell.domain.events import BodyAt
from doorbell.store.items.models import SubscriptionItem
from doorbell_cli.configuration import SUBSCRIPTION
from tests.integration.console.conftest import Browser, Opened
from tests.integration.console.test_console_changes import CHANGE, subscription
from tests.integration.console.test_console_totals import rows
from tests.integration.ops.deployed import Doorbell


def test_what_would_go_another_way_comes_first_beside_what_did_then(
    doorbell: Doorbell, browser: Browser
) -> None:
    for number in range(8):
        body = b'{"n":%d}' % number
        doorbell.event(number, age=60 + number, body=BodyAt(len(body), body))
    page = browser.page(f"{CHANGE}?try=1&filter={quote('body.n < `7`')}")
    assert "Would have matched 7 of 8" in page
    assert "1 would have gone another way." in page
    first, *_ = rows(page, "tried")
    assert first[1] == "evt_acme_7"
    assert first[4:6] == [" yes", " no: the filter says no"]
    assert "None would have gone another way." in browser.page(f"{CHANGE}?try=1&filter=")


def test_a_transforms_result_is_shown_on_an_event_of_choice_beside_what_came(
    doorbell: Doorbell, browser: Browser
) -> None:
    for number in range(2):
        body = b'{"n":%d,"who":"<b>ann</b>"}' % number
        doorbell.event(number, age=60 + number, body=BodyAt(len(body), body))
    asked = f"{CHANGE}?try=1&transform={quote('{number: body.n, by: body.who}')}"
    page = browser.page(asked)
    assert sent(page) == {"number": 0, "by": "<b>ann</b>"}, "of the newest that would match"
    assert "<b>ann" not in page
    assert "on=evt_acme_1#made" in page
    assert sent(browser.page(f"{asked}&on=evt_acme_1")) == {"number": 1, "by": "<b>ann</b>"}
    assert "transform" not in subscription(doorbell)


def test_an_event_of_which_nothing_could_be_sent_says_why(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.event(1, body=BodyAt(5, b"plain"))
    theirs = doorbell.event(2, tenant="another")
    asked = f"{CHANGE}?try=1&transform={quote('length(body.n)')}"
    assert 'role="alert"' in browser.page(f"{asked}&on=evt_acme_1")
    for unknown in (theirs, "evt_none"):
        page = browser.page(f"{asked}&on={unknown}")
        assert "no such event, or it has expired" in page
        assert 'id="sent"' not in page


def test_what_the_change_page_does_not_know_of_an_item_stays_as_it_is(
    doorbell: Doorbell, opened: Opened
) -> None:
    """Every field of the model, those of tomorrow too: one that has no value here fails the test."""
    browser = opened(parameters={"TargetRoleArns": str(ROLE["role_arn"])})
    for name, fields in WHOLE.items():
        doorbell.put("SubscriptionsTable", {"tenant_id": "acme", "subscription_id": name, **fields})
        before = SUBSCRIPTION.table(doorbell.target).get("acme", name)
        assert before is not None
        browser.send(f"/subscriptions/acme/{name}/change", filter="body.n > `0`", event_types="push")
        after = SUBSCRIPTION.table(doorbell.target).get("acme", name)
        assert after is not None
        changed = {
            "filter": "body.n > `0`",
            "event_types": ["push"],
            "updated_at": after.values["updated_at"],
        }
        assert after.values == {**before.values, **changed}
    written = {field for fields in WHOLE.values() for field in fields}
    assert set(SubscriptionItem.model_fields) - written == {"tenant_id", "subscription_id"}


HTTPS: dict[str, Any] = {
    "url": "https://example.com/hook", "description": "theirs", "enabled": False,
    "disabled_reason": "moving", "disabled_at": 5, "created_at": 1,
    "updated_at": 2, "paused": True, "paused_at": 4, "sources": ["github"], "event_types": ["a.*"],
    "filter": "body.a", "transform": "body", "body": "cloudevents", "secrets": ["ssm:/doorbell/x"],
    "signing": "standard", "provider_signature": "strip", "headers": {"x-a": "b"}, "timeout_seconds": 3,
    "retry": {"schedule": [0, 5], "max_age_hours": 3, "give_up_on": ["404"]}, "rate_limit_per_second": 5,
    "max_in_flight": 7, "ca_bundle_ref": "ssm:/doorbell/ca", "client_cert_ref": "ssm:/doorbell/cert",
    "oauth": {"token_url": "https://id.example.com/token", "client_id": "me",
              "client_secret_ref": "ssm:/doorbell/oauth"},
}  # fmt: skip
ROLE = {"role_arn": "arn:aws:iam::123456789012:role/theirs"}
QUEUE = {
    "target": "arn:aws:kinesis:eu-west-1:123456789012:stream/x",
    **ROLE,
    "target_key": "{id}",
    "large": "s3-link",
}
FUNCTION = {
    "target": "arn:aws:lambda:eu-west-1:123456789012:function:x",
    **ROLE,
    "invoke": "sync",
}
WHOLE: dict[str, dict[str, Any]] = {
    "https": HTTPS, "queue": QUEUE, "function": FUNCTION,
    "message": {"url": "https://example.com/hook", "preset": "slack"},
}  # fmt: skip


def sent(page: str) -> object:
    return json.loads(html.unescape(page.partition('id="sent">')[2].partition("</pre>")[0]))
