"""Messages of one invocation's events share calls, and none is forgotten."""

from collections.abc import Iterable

import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import Unavailable
from doorbell.queues.outbox import Delayed, Outbox


class Writer:
    def __init__(self, failing: int = 0) -> None:
        self.calls: list[list[Delayed]] = []
        self._failing = failing

    def send(self, messages: Iterable[Delayed]) -> None:
        self.calls.append(list(messages))
        if len(self.calls) == self._failing:
            raise Unavailable("sqs", "SendMessageBatch", "timed out")


def some(count: int, event: str = "evt") -> list[Delayed]:
    return [(DeliveryMessage(DeliveryKey(event, f"sub_{n}"), "t", attempt=1), 0) for n in range(count)]


def test_ten_events_with_one_subscriber_each_make_one_call() -> None:
    writer = Writer()
    outbox = Outbox(writer)
    for number in range(10):
        outbox.send(some(1, f"evt_{number}"))
    assert [len(call) for call in writer.calls] == [10]
    outbox.close()
    assert len(writer.calls) == 1


def test_what_does_not_fill_a_batch_is_sent_at_the_end() -> None:
    writer = Writer()
    outbox = Outbox(writer)
    outbox.send(some(3))
    assert writer.calls == []
    outbox.close()
    assert writer.calls == [some(3)]


def test_those_that_waited_longest_go_first_and_the_rest_waits_on() -> None:
    writer = Writer()
    outbox = Outbox(writer)
    outbox.send(some(8, "first"))
    outbox.send(some(5, "second"))
    assert writer.calls == [[*some(8, "first"), *some(2, "second")]]
    outbox.close()
    assert writer.calls[1] == some(5, "second")[2:]


def test_a_page_of_subscribers_goes_at_once_and_tells_at_once_what_is_wrong() -> None:
    writer = Writer(failing=2)
    outbox = Outbox(writer)
    outbox.send(some(25))
    assert writer.calls == [some(25)]
    with pytest.raises(Unavailable):
        outbox.send(some(10))
    outbox.close()


@pytest.mark.parametrize("failing", [1, 2])
def test_a_call_that_failed_is_told_at_the_end_and_the_rest_is_sent(failing: int) -> None:
    writer = Writer(failing)
    outbox = Outbox(writer)
    for _ in range(2):
        outbox.send(some(6))
    with pytest.raises(Unavailable):
        outbox.close()
    assert [len(call) for call in writer.calls] == [10, 2]


def test_nothing_to_send_makes_no_call() -> None:
    writer = Writer()
    Outbox(writer).close()
    assert writer.calls == []
