"""A message in the form of each tool, within its limits. What is too long is cut: they would refuse it.

- Slack, incoming webhooks: a header of 150 characters, a section's text of 3,000, `&`, `<`, `>` as entities.
  https://docs.slack.dev/reference/block-kit/blocks/header-block,
  https://docs.slack.dev/reference/block-kit/blocks/section-block,
  https://docs.slack.dev/messaging/formatting-message-text
- Teams, the URL of a workflow ("When a Teams webhook request is received"): a message with one Adaptive Card.
  Teams counts 28,672 bytes, and a sixth more than are sent.
  https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using,
  https://github.com/MicrosoftDocs/msteams-docs/issues/11274
- Discord: an embed's title has 256 characters, its description 4,096; a message without embeds has 2,000.
  Nobody is mentioned, whatever the text says.
  https://discord.com/developers/docs/resources/message#embed-object-embed-limits
- PagerDuty, Events API v2: `summary` has 1,024 characters, `dedup_key` 255; "resolve" ends what
  "trigger" began.
  https://developer.pagerduty.com/docs/send-alert-event
"""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from doorbell.payloads.presets.message import Message, cut, width

SLACK_HEADER: Final = 150
SLACK_SECTION: Final = 3000
DISCORD_TITLE: Final = 256
DISCORD_DESCRIPTION: Final = 4096
TEAMS_BYTES: Final = 20_000
TEAMS_TITLE: Final = 500
PAGERDUTY_SUMMARY: Final = 1024
PAGERDUTY_KEY: Final = 255
PAGERDUTY_DETAILS: Final = 8000

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"

COLOURS: Final = {"critical": 0xB00020, "error": 0xD9480F, "warning": 0xE0A800, "info": 0x3B82F6}
CLOSED_COLOUR: Final = 0x2E7D32
TEAMS_COLOURS: Final = {"critical": "attention", "error": "attention", "warning": "warning", "info": "accent"}

type Form = Callable[[Message], tuple[Any, str]]
"""A document or a text, and its content type."""


def slack(message: Message) -> tuple[Any, str]:
    """`text` is what a notification shows."""
    section = _escaped(message.text, SLACK_SECTION, fenced=message.is_code)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(message.title, SLACK_HEADER)}}
    ]
    if section:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": section}})
    return {"text": _escaped(message.title, SLACK_SECTION), "blocks": blocks}, JSON


def discord(message: Message) -> tuple[Any, str]:
    colour = CLOSED_COLOUR if message.is_closed else COLOURS[message.severity]
    text = message.text
    if message.is_code:
        text = f"```\n{cut(_unfenced(text), DISCORD_DESCRIPTION - 8)}\n```"
    embed = {
        "title": cut(message.title, DISCORD_TITLE),
        "description": cut(text, DISCORD_DESCRIPTION),
        "color": colour,
        "timestamp": message.at,
    }
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}, JSON


def teams(message: Message) -> tuple[Any, str]:
    """Text runs, not text blocks: these would read Markdown and its links."""
    colour = "good" if message.is_closed else TEAMS_COLOURS[message.severity]
    title = {"text": cut(message.title, TEAMS_TITLE), "weight": "bolder", "size": "medium", "color": colour}
    text = message.text
    while True:
        made = _card([[title], *([{"text": line or " "}] for line in text.splitlines())], message.is_code)
        size = len(json.dumps(made))
        if size <= TEAMS_BYTES:
            return made, JSON
        text = cut(text, max(1, len(text) * TEAMS_BYTES // size - 1))


def pagerduty(message: Message) -> tuple[Any, str]:
    """Without its routing key, which is a secret."""
    key = message.key if len(message.key) <= PAGERDUTY_KEY else sha256(message.key.encode()).hexdigest()
    payload = {
        "summary": cut(message.title, PAGERDUTY_SUMMARY),
        "source": message.source,
        "severity": message.severity,
        "timestamp": message.at,
        "class": message.kind,
        "custom_details": {"text": cut(message.text, PAGERDUTY_DETAILS)},
    }
    action = "resolve" if message.is_closed else "trigger"
    return {"event_action": action, "dedup_key": key, "client": "Doorbell", "payload": payload}, JSON


def email_text(message: Message) -> tuple[Any, str]:
    """A subject, an empty line, the text: a sender of mail takes it apart at the first line's end."""
    return f"Subject: {message.title}\n\n{message.text}\n", TEXT


FORMS: Final[dict[str, Form]] = {
    "slack": slack,
    "teams": teams,
    "discord": discord,
    "pagerduty": pagerduty,
    "email-text": email_text,
}


def _escaped(text: str, most: int, *, fenced: bool = False) -> str:
    """At most `most` characters as they are sent, no entity cut in two."""
    room, made = most - (8 if fenced else 0), []
    for character in _unfenced(text) if fenced else text:
        piece = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(character, character)
        if room - width(piece) < 1:
            made.append("…")
            break
        made.append(piece)
        room -= width(piece)
    joined = "".join(made)
    return f"```\n{joined}\n```" if fenced and joined else joined


def _unfenced(text: str) -> str:
    return text.replace("```", "'''")


def _card(lines: list[list[dict[str, Any]]], is_code: bool) -> dict[str, Any]:
    font = {"fontType": "monospace"} if is_code else {}
    body = [
        {
            "type": "RichTextBlock",
            "spacing": "none" if number > 1 else "default",
            "inlines": [{"type": "TextRun", **(font if number else {}), **run} for run in runs],
        }
        for number, runs in enumerate(lines)
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}
