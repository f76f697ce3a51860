"""A message for people is within its tool's limits, however long the event."""

import json
from typing import Any

import pytest

from doorbell.payloads.presets.forms import FORMS, TEAMS_BYTES
from doorbell.payloads.presets.message import Message

LONG = "<é&😀> " * 4000


def a_message(**changes: Any) -> Message:
    given: dict[str, Any] = {
        "title": "t",
        "text": "x",
        "source": "acme/billing",
        "severity": "info",
        "state": "open",
        "key": "k",
        "at": "2026-11-29T10:00:00.000Z",
        "kind": "endpoint.parked",
    }
    return Message(**{**given, **changes})


@pytest.mark.parametrize("is_code", [False, True])
def test_every_form_stays_within_its_tools_limits_however_long_the_event(is_code: bool) -> None:
    message = a_message(title=LONG, text=LONG.replace(" ", "\n"), key="k" * 3000, is_code=is_code)
    made = {name: form(message)[0] for name, form in FORMS.items()}
    slack, discord, pagerduty = made["slack"], made["discord"]["embeds"][0], made["pagerduty"]
    for text, most in (
        (slack["blocks"][0]["text"]["text"], 150),
        (slack["blocks"][1]["text"]["text"], 3000),
        (discord["title"], 256),
        (discord["description"], 4096),
        (pagerduty["payload"]["summary"], 1024),
        (pagerduty["dedup_key"], 255),
    ):
        assert most - 20 < units(text) <= most or text == pagerduty["dedup_key"]
    assert len(json.dumps(made["teams"])) <= TEAMS_BYTES


@pytest.mark.parametrize(("form", "most"), [("slack", 150), ("discord", 256), ("pagerduty", 1024)])
def test_a_title_that_just_fits_is_whole_and_one_more_is_cut_whatever_an_emoji_counts(
    form: str, most: int
) -> None:
    """Counted as UTF-16 does: where a tool counts an emoji once, it is shorter still."""
    for title in ("x" * most, "😀" * (most // 2)):
        assert title_of(form, title) == title
        longer = title_of(form, f"{title}x")
        assert longer.endswith("…")
        assert most - 1 <= units(longer) <= most


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def title_of(form: str, title: str) -> str:
    made, _ = FORMS[form](a_message(title=title))
    found = {
        "slack": lambda: made["blocks"][0]["text"]["text"],
        "discord": lambda: made["embeds"][0]["title"],
        "pagerduty": lambda: made["payload"]["summary"],
    }[form]()
    return str(found)


def test_slack_is_never_sent_half_an_entity() -> None:
    text = FORMS["slack"](a_message(text="&" * 3000))[0]["blocks"][1]["text"]["text"]
    assert text.removesuffix("…").replace("&amp;", "") == ""
