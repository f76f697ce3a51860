"""What docs/configure.md says a subscriber receives is what one would get; README's snippets verify it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.domain.subscriptions import OAuth, Subscription
from doorbell.payloads.compose import Composer
from doorbell.signatures.signing.outgoing import sign
from tests.support.docs import PAGES, blocks, code_in, page, section, table

CONFIGURE = page("docs/configure.md")
RECEIVED = section(CONFIGURE, "## What a subscriber receives")
SECRET = "whsec_ZG9vcmJlbGwncyBmaXJzdCBzdWJzY3JpYmVyIQ=="
BODY = b'{"hello":"door"}'
EVENT_ID, AT = "evt_g4ncuqvqsaei5aahpakyf47veu6apfny", 1_795_949_876
THEIRS = {
    "accept": "*/*",
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "user-agent": "GitHub-Hookshot/8f3c1a2",
    "x-hub-signature-256": "sha256=d9c930c49e3857f36c9a2becc4d3c1c04b7342bc5bf70a6110dae74c71edbd01",
}
OF_THE_CONNECTION = {"host", "content-length", "accept-encoding"}


class Vault:
    def resolve(self, references: Any, *, owner: Any) -> tuple[str, ...]:
        return tuple(SECRET for _ in references)


def event(theirs: dict[str, str] = THEIRS) -> StoredEvent:
    incoming = Incoming(
        ingest_id="ing",
        event_id=EVENT_ID,
        tenant_id="default",
        source_id="shop",
        provider="github",
        event_type="push",
        dedupe_window_seconds=3600,
        received_at=AT + 0.448,
        content_type="application/json",
        headers=theirs,
        body=BodyAt(len(BODY), inline=BODY),
    )
    return StoredEvent(EVENT_ID, incoming, 0, AT, AT, AT + 3600)


def composed(**fields: Any) -> tuple[dict[str, str], bytes]:
    subscription = Subscription(
        "default", "books", "https://books.example.com/hooks", secrets=("ssm:/doorbell/books",), **fields
    )
    token = lambda *_: "token"  # noqa: E731
    request = Composer(Vault(), sign, token).compose(subscription, event(), BODY, 1, float(AT))
    return dict(request.headers), request.body


def example() -> tuple[dict[str, str], str]:
    """Headers and body of the printed request."""
    (text,) = re.findall(r"```text\nPOST /hooks\n(.*?)```", RECEIVED, re.DOTALL)
    head, _, body = text.partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()), body.strip()


def test_the_printed_request_is_what_leaves() -> None:
    headers, body = composed()
    printed, printed_body = example()
    assert {name: text for name, text in printed.items() if name not in OF_THE_CONNECTION} == headers
    assert (int(printed["content-length"]), printed_body) == (len(body), body.decode())


def test_the_printed_cloudevent_is_what_leaves() -> None:
    _, body = composed(body="cloudevents")
    (printed,) = re.findall(r"```json\n(\{\"specversion.*?)```", RECEIVED, re.DOTALL)
    assert re.sub(r"\n ", "", printed).strip() == body.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"signing": "github"},
        {"body": "cloudevents", "headers": {"x-team": "books"}},
        {"transform": "body.hello", "oauth": OAuth("https://id.example.com/", "me", "ssm:/doorbell/o")},
    ],
)
def test_every_header_that_leaves_has_its_row(fields: dict[str, Any]) -> None:
    named = {
        name
        for row in table("docs/configure.md", "## What a subscriber receives")
        for name in code_in(row[0])
    }
    headers, _ = composed(**fields)
    added, passed_on = (
        set(fields.get("headers", {})),
        {f"doorbell-original-{name}" for name in THEIRS} | set(THEIRS),
    )
    assert set(headers) - added - passed_on <= named
    assert set(headers) >= {"webhook-id", "webhook-timestamp", "doorbell-attempt"}


def test_where_the_providers_library_goes_on_verifying_our_id_has_its_row_too() -> None:
    theirs = {f"webhook-{name}": "theirs" for name in ("id", "timestamp", "signature")}
    subscription = Subscription("default", "books", "https://books.example.com/", signing="none")
    request = Composer(Vault(), sign).compose(subscription, event(theirs), BODY, 1, float(AT))
    (name,) = [name for name, value in request.headers if value == EVENT_ID]
    assert f"`{name}`" in {row[0] for row in table("docs/configure.md", "## What a subscriber receives")}


def snippet(info: str) -> str:
    (block,) = blocks(PAGES[0], info)
    return block.text.replace("whsec_…", SECRET)


def test_the_python_of_the_readme_verifies_what_is_sent_and_nothing_else() -> None:
    headers = sign("standard", [SECRET], EVENT_ID, int(time.time()), BODY)
    exec(snippet("python"), {"body": BODY, "headers": headers})
    with pytest.raises(WebhookVerificationError):
        exec(snippet("python"), {"body": BODY + b" ", "headers": headers})
