"""Any subscription can write to the tools of people. Each stand-in refuses what its tool would: a text beyond
its limit, a form that it does not read. Discord's asks for a fraction of a second first."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.gateway import PUSH, SIGNING_SECRET, Gateway
from tests.support.subscribers import Behaviour, Handler, Subscriber, subscriber

pytestmark = pytest.mark.e2e

SECONDS = 120
LONG_PUSH = json.dumps({**json.loads(PUSH), "pad": "<é&😀> " * 10_000}).encode()


def slack(said: dict[str, Any]) -> bool:
    header, section = said["blocks"]
    return units(header["text"]["text"]) <= 150 and 0 < units(section["text"]["text"]) <= 3000


def discord(said: dict[str, Any]) -> bool:
    (embed,) = said["embeds"]
    return units(embed["title"]) <= 256 and units(embed["description"]) <= 4096


def teams(said: dict[str, Any]) -> bool:
    (card,) = said["attachments"]
    is_card = card["contentType"] == "application/vnd.microsoft.card.adaptive"
    return is_card and len(json.dumps(said)) * 7 / 6 <= 28_672


def pagerduty(said: dict[str, Any]) -> bool:
    return said["routing_key"] == SIGNING_SECRET and units(said["payload"]["summary"]) <= 1024


TOOLS: dict[str, tuple[Callable[[dict[str, Any]], bool], int]] = {
    "slack": (slack, 200),
    "discord": (discord, 204),
    "teams": (teams, 202),
    "pagerduty": (pagerduty, 202),
}
"""What each takes, and what it answers then."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def as_(preset: str) -> Behaviour:
    takes, well = TOOLS[preset]

    def behave(handler: Handler, number: int) -> None:
        if preset == "discord" and number == 1:
            handler.answer(429, b'{"retry_after": 0.493}', Retry_After="0.493")
        else:
            said = json.loads(handler.subscriber.received[number - 1].body)
            handler.answer(well if takes(said) else 400)

    return behave


@pytest.fixture(scope="module")
def deliveries(gateway: Gateway) -> Iterator[dict[str, tuple[dict[str, Any], Subscriber]]]:
    """Of one long push to each tool, ended."""
    source = gateway.put_source()
    with ExitStack() as open_:
        serving = {preset: open_.enter_context(subscriber(as_(preset))) for preset in TOOLS}
        ids = {
            preset: gateway.put_subscription(
                source,
                one.url,
                preset=preset,
                secrets=[gateway.put_secret(SIGNING_SECRET)] if preset == "pagerduty" else [],
            )
            for preset, one in serving.items()
        }
        ended = gateway.wait_until_ended(gateway.push(source, LONG_PUSH).event_id, len(TOOLS), SECONDS)
        yield {preset: (ended[ids[preset]], serving[preset]) for preset in TOOLS}


@pytest.mark.parametrize("preset", sorted(TOOLS))
def test_a_tool_takes_a_push_of_any_length(
    preset: str, deliveries: dict[str, tuple[dict[str, Any], Subscriber]]
) -> None:
    delivery, _ = deliveries[preset]
    assert delivery["state"] == "delivered", delivery["attempts"]
    assert delivery["attempts"][-1]["status"] == TOOLS[preset][1]


def test_a_fraction_of_a_second_is_waited_for_as_discord_asks(
    deliveries: dict[str, tuple[dict[str, Any], Subscriber]],
) -> None:
    delivery, serving = deliveries["discord"]
    assert [one["status"] for one in delivery["attempts"]] == [429, 204]
    first, second = serving.received
    assert second.at - first.at > 0.493
