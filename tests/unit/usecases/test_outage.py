"""A long outage with a backlog: nobody's attempts are used up, and messages are not spun through SQS."""

from __future__ import annotations

from doorbell.domain.claims import WakeCall
from doorbell.domain.deliveries import State
from doorbell.domain.outbound import OutboundRequest, Outcome
from tests.support import fakes
from tests.support.builders import a_subscription
from tests.support.fakes import answered
from tests.unit.usecases.world import World

BACKLOG = 20
OUTAGE_SECONDS = 24 * 3600


class DownUntil(fakes.FakeSender):
    """503 until `end`, then 204."""

    def __init__(self, clock: fakes.FakeClock, end: float) -> None:
        super().__init__()
        self.clock, self.end = clock, end

    def send(self, request: OutboundRequest) -> Outcome:
        self.outcomes = [answered(503 if self.clock() < self.end else 204)]
        return super().send(request)


def test_a_days_outage_costs_few_messages_and_ends_with_everything_delivered() -> None:
    w = World()
    end = w.clock() + OUTAGE_SECONDS
    w.sender = DownUntil(w.clock, end)
    subscription = a_subscription()
    messages = [w.with_pending(subscription, event_id=f"evt_{n}") for n in range(BACKLOG)]
    due = [(w.clock(), message) for message in messages]
    called = 0
    while any(not w.delivery(message).state.terminal for message in messages):
        assert w.clock() < end + 3600
        for _, message in [entry for entry in due if entry[0] <= w.clock()]:
            w.deliver(message)
            called += 1
        due = [entry for entry in due if entry[0] > w.clock()]
        w.look(WakeCall(subscription.tenant_id, subscription.subscription_id))
        w.sweep()
        due += [(w.clock() + delay, message) for message, delay in w.queue.sent]
        w.queue.sent.clear()
        w.clock.advance(60)
    deliveries = [w.delivery(message) for message in messages]
    assert {delivery.state for delivery in deliveries} == {State.DELIVERED}
    attempts = sum(delivery.attempts_made for delivery in deliveries)
    assert called <= 2 * attempts + BACKLOG
    assert max(delivery.attempts_made for delivery in deliveries) < 10, "parked endpoints use up no attempts"
