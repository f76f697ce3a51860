"""What the deliveries of a batch share while they are under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doorbell.domain.errors import Busy
from doorbell.runtime import in_flight, wiring
from doorbell.runtime.room import EACH_BYTES, Room

MEMBERS = 100
ITEM = {
    "tenant_id": {"S": "t"},
    "subscription_id": {"S": "s"},
    "url": {"S": "https://subscriber.example/"},
    "secrets": {"L": [{"S": "ssm:/doorbell/s"}]},
}


class Client:
    """DynamoDB and S3. Reads are answered when everybody has come."""

    class exceptions:
        NoSuchKey = KeyError

    def __init__(self) -> None:
        self.asked, self.come = list[bool](), threading.Semaphore(0)
        self.read_objects, self.closed = 0, 0

    def get_item(self, *, ConsistentRead: bool, **more: Any) -> dict[str, Any]:
        self.asked.append(ConsistentRead)
        if len(self.asked) == 1:
            for _ in range(MEMBERS):
                assert self.come.acquire(timeout=60)
        return {"Item": ITEM}

    def get_object(self, **_: Any) -> dict[str, Any]:
        return {"ContentLength": EACH_BYTES, "Body": self}

    def read(self) -> bytes:
        self.read_objects += 1
        return b"{}"

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    cached = (wiring.settings, in_flight.subscriptions, in_flight.bodies)
    for made in cached:
        made.cache_clear()
    client = Client()
    monkeypatch.setattr(in_flight, "client", lambda service: client)
    yield client
    for made in cached:
        made.cache_clear()


def test_a_hundred_deliveries_to_one_subscription_read_it_once(client: Client) -> None:
    table = in_flight.subscriptions()

    def read(_: int) -> str:
        client.come.release()
        found = table.get("t", "s")
        assert found is not None
        return found.url

    with ThreadPoolExecutor(MEMBERS) as pool:
        assert set(pool.map(read, range(MEMBERS))) == {"https://subscriber.example/"}
    assert client.asked == [False]
    table.get("t", "s", fresh=True)
    assert client.asked == [False, True]


def test_a_body_that_finds_no_room_is_not_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(wait_seconds=0.0)
    monkeypatch.setattr(in_flight, "room", lambda: room)
    bodies = in_flight.bodies()
    with room.guest("t/s"):
        assert bodies.get("a") == b"{}"
        with pytest.raises(Busy, match="memory"):
            bodies.get("b")
    assert (client.read_objects, client.closed) == (1, 2)
