"""A message for people: in the form of each tool, within its limits, with nothing of the provider's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.own_events import PROVIDER, SOURCE, TENANT
from doorbell.domain.presets import PRESET_RATES
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.compose import Composer
from doorbell.payloads.errors import ComposeError
from doorbell.payloads.presets.forms import FORMS

NOW = 1_700_000_100.0
CAME = "2023-11-14T22:13:20.250Z"
OWN = {
    "title": "Endpoint acme/billing is parked",
    "text": "It failed 5 times.\nNext: one try in 30 s.",
    "severity": "error",
    "state": "open",
    "key": "doorbell/acme/billing",
    "count": 5,
}

MakeEvent = Callable[..., StoredEvent]
MakeSubscription = Callable[..., Subscription]
Sent = Callable[..., Any]


@pytest.fixture
def sent(composer: Composer, make_event: MakeEvent, make_subscription: MakeSubscription) -> Sent:
    """The document that is sent for an event with this body; the request itself with `whole`."""

    def send(preset: str, body: Any, *, whole: bool = False, own: bool = False, **changes: Any) -> Any:
        raw = json.dumps(body).encode()
        of = {"source_id": SOURCE, "tenant_id": TENANT, "provider": PROVIDER} if own else {}
        event = make_event(raw, **of)
        subscription = make_subscription(preset=preset, signing="none", **changes)
        request = composer.compose(subscription, event, raw, 1, NOW)
        return request if whole else json.loads(request.body)

    return send


def test_slack_gets_a_header_a_section_and_the_text_of_the_notification(sent: Sent) -> None:
    assert sent("slack", OWN, own=True) == {
        "text": OWN["title"],
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": OWN["title"]}},
            {"type": "section", "text": {"type": "mrkdwn", "text": OWN["text"]}},
        ],
    }


def test_what_slack_would_read_as_a_mention_or_a_link_is_text(sent: Sent) -> None:
    said = sent("slack", {"note": "<!channel> & <https://evil.example|bank>"})
    section = said["blocks"][1]["text"]["text"]
    assert "<" not in section
    assert "&lt;!channel&gt; &amp;" in section


def test_discord_mentions_nobody_and_colours_by_severity(sent: Sent) -> None:
    said = sent("discord", OWN, own=True)
    embed = {"title": OWN["title"], "description": OWN["text"], "timestamp": CAME}
    assert said == {
        "embeds": [{**embed, "color": said["embeds"][0]["color"]}],
        "allowed_mentions": {"parse": []},
    }
    assert (
        said["embeds"][0]["color"]
        != sent("discord", {**OWN, "state": "closed"}, own=True)["embeds"][0]["color"]
    )


def test_teams_gets_a_message_with_one_adaptive_card_of_plain_runs(sent: Sent) -> None:
    said = sent("teams", OWN, own=True)
    (attachment,) = said["attachments"]
    assert (said["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    body = attachment["content"]["body"]
    assert {block["type"] for block in body} == {"RichTextBlock"}
    assert [run["text"] for block in body for run in block["inlines"]] == [
        OWN["title"],
        "It failed 5 times.",
        "Next: one try in 30 s.",
    ]


def test_pagerduty_gets_a_trigger_and_a_resolve_under_one_key_and_its_routing_key(sent: Sent) -> None:
    opened = sent("pagerduty", OWN, own=True)
    closed = sent("pagerduty", {**OWN, "state": "closed"}, own=True)
    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"] == OWN["key"]
    assert opened["routing_key"] == "s1"
    assert opened["client"] == "Doorbell"
    assert opened["payload"] == {
        "summary": OWN["title"],
        "severity": "error",
        "source": "doorbell/doorbell",
        "timestamp": CAME,
        "class": "pull_request.opened",
        "custom_details": {"text": OWN["text"]},
    }


def test_the_routing_key_is_kept_out_of_what_is_on_record_of_the_answer(sent: Sent) -> None:
    assert "s1" in sent("pagerduty", OWN, own=True, whole=True).secrets


def test_mail_begins_with_its_subject_and_no_title_makes_a_second_header(sent: Sent) -> None:
    request = sent("email-text", {**OWN, "title": "parked\r\nBcc: all"}, own=True, whole=True)
    assert request.body.decode().split("\n\n")[0] == "Subject: parked Bcc: all"
    assert dict(request.headers)["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("preset", FORMS)
def test_none_of_the_providers_headers_goes_along(preset: str, sent: Sent) -> None:
    headers = dict(sent(preset, OWN, whole=True).headers)
    assert not [name for name in headers if "github" in name or name.startswith("doorbell-original")]
    assert headers["webhook-id"] == "evt_1_2"


def test_any_other_event_is_told_by_its_type_its_source_and_its_body(sent: Sent) -> None:
    said = sent("slack", {"number": 7})
    assert said["text"] == "pull_request.opened from github-main"
    assert said["blocks"][1]["text"]["text"] == '```\n{\n  "number": 7\n}\n```'


def test_a_transform_says_it_better_with_a_text_or_with_an_object(sent: Sent) -> None:
    said = sent("slack", {"number": 7}, transform="join('', ['PR ', to_string(body.number)])")
    assert said["blocks"][1]["text"]["text"] == "PR 7"
    made = "{title: 'Down', text: 'db', key: 'db', state: 'closed', severity: 'critical'}"
    assert sent("pagerduty", {}, transform=made)["event_action"] == "resolve"


@pytest.mark.parametrize(
    ("transform", "what"),
    [
        ("body.number", "neither a text nor an object"),
        ("{titel: 'x'}", "neither a text nor an object"),
        ("{title: body.number}", "title is not a text"),
        ("{title: 'x', severity: 'bad'}", "severity is none of"),
        ("{title: 'x', state: 'over'}", "state is none of"),
    ],
)
def test_a_transform_that_makes_no_message_is_an_error_that_says_so(
    sent: Sent, transform: str, what: str
) -> None:
    with pytest.raises(ComposeError, match=what):
        sent("slack", {"number": 7}, transform=transform)


def test_what_only_looks_like_an_own_event_is_told_as_any_other(sent: Sent) -> None:
    assert sent("slack", OWN)["text"] == "pull_request.opened from github-main"


@pytest.mark.parametrize("preset", sorted(FORMS))
@pytest.mark.parametrize("body", [[], "", None, 17, "a\ud800b", {"a": {"b": [1, "\u0000"]}}, [[[]]], "   "])
def test_whatever_an_event_s_body_is_a_tool_gets_a_document_that_is_utf_8(
    preset: str, body: Any, sent: Sent
) -> None:
    secrets = ("ssm:/sign",) if preset == "pagerduty" else ()
    request = sent(preset, body, whole=True, secrets=secrets)
    text = request.body.decode()
    assert text.strip()
    if preset != "email-text":
        json.loads(text)


def test_every_preset_has_a_form_and_a_rate() -> None:
    assert set(FORMS) == set(PRESET_RATES)
