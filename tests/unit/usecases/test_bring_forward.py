"""Bring forward: what waits for a subscription that is off comes up soon, and no more than a thousand."""

import pytest

from doorbell.domain.claims import Due
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import Unavailable
from doorbell.domain.standing import Pending
from doorbell.runtime.metrics import TROUBLES
from doorbell.usecases import bring_forward
from doorbell.usecases.bring_forward import SEEN_SECONDS, SOON_SECONDS, BringForward, Hasten
from tests.support.fakes import START, RecordingLog, RecordingMetrics


class Desk:
    def __init__(self, *seconds: float) -> None:
        self.rows = [Due(DeliveryKey(f"evt_{s:g}", "sub"), "acme", START + s, 1) for s in seconds]
        self.looked: list[tuple[str, str, float]] = []
        self.moved: list[tuple[str, float]] = []
        self.log, self.metrics = RecordingLog(), RecordingMetrics()

    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending:
        return Pending(self.rows, len(self.rows), False)

    def hasten(self, row: Due, at: float, now: float) -> bool:
        self.moved.append((row.key.event_id, at - now))
        return row.key.event_id != "evt_300"

    def run(self, hasten: Hasten | None = None) -> int:
        look = lambda tenant, name, at: self.looked.append((tenant, name, at))  # noqa: E731
        made = BringForward(self, look, hasten or self.hasten, map, lambda: START, self.metrics, self.log)
        return made("acme", "sub")


def test_who_comes_up_later_is_moved_and_counted_and_who_comes_up_soon_is_not() -> None:
    desk = Desk(-5, SOON_SECONDS, 200, 300, 9000)
    assert desk.run() == 2
    assert desk.moved == [(f"evt_{s}", SEEN_SECONDS) for s in (200, 300, 9000)]
    assert desk.looked == [("acme", "sub", START + SEEN_SECONDS)]


def test_of_many_the_first_are_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_forward, "MOST", 2)
    desk = Desk(200, 300, 400)
    desk.run()
    assert [event_id for event_id, _ in desk.moved] == ["evt_200", "evt_300"]


def test_what_does_not_answer_is_told_to_the_log_and_raises_nothing() -> None:
    def refuse(row: Due, at: float, now: float) -> bool:
        raise Unavailable("dynamodb", "UpdateItem", "AccessDeniedException")

    desk = Desk(200)
    assert desk.run(refuse) == 0
    (told,) = [fields for level, message, fields in desk.log.lines if message == "not_brought_forward"]
    assert told["subscription"] == "acme/sub"
    assert desk.metrics.counts == {"NotBroughtForward": 1}
    assert "NotBroughtForward" in TROUBLES
