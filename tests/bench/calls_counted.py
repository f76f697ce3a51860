"""Events delivered on the local stack and what each cost: one at a time, and in full batches."""

from tests.bench.calls_units import Cost, cost_of
from tests.bench.local_stack_load import Ring, rings
from tests.bench.local_stack_subscriber import Arrivals
from tests.support.counting import Counts
from tests.support.gateway import Gateway

ALONE, BATCH, BATCHES = 8, 10, 3
SECONDS = 60


class Counted:
    def __init__(self, gateway: Gateway, counts: Counts, seen: Arrivals) -> None:
        self._gateway, self._counts, self._seen = gateway, counts, seen
        self._source = gateway.put_source()
        gateway.put_subscription(self._source, seen.url)
        self._tables = {name: gateway.stack.outputs[f"{name}TableName"] for name in ("Events", "Endpoints")}

    def alone(self) -> Cost:
        """One after the other, each in batches of its own."""
        self._deliver(rings(1))  # starts the functions and fills their caches
        self._counts.take_exchanges()
        for ring in rings(ALONE):
            self._deliver([ring])
        return cost_of(self._counts.take_exchanges(), ALONE, self._tables)

    def in_batches(self) -> Cost:
        """The cheapest of some: health that was read a second ago is read again, which a slow machine brings
        about."""
        return min((self._in_a_batch() for _ in range(BATCHES)), key=lambda cost: cost.dollars(BATCH))

    def _in_a_batch(self) -> Cost:
        """Ten wait in each queue when its function starts."""
        self._counts.take_exchanges()
        with self._gateway.paused("dispatcher"):
            with self._gateway.paused("fanout"):
                wanted = rings(BATCH)
                events = [self._ring(ring) for ring in wanted]
            self._gateway.wait_until_fanned_out(SECONDS)
        self._wait(wanted, events)
        return cost_of(self._counts.take_exchanges(), BATCH, self._tables)

    def _deliver(self, wanted: list[Ring]) -> None:
        self._wait(wanted, [self._ring(ring) for ring in wanted])

    def _ring(self, ring: Ring) -> str:
        return self._gateway.ring(self._source, ring.body, ring.headers).event_id

    def _wait(self, wanted: list[Ring], events: list[str]) -> None:
        """Until each has come, once, and is on record as delivered."""
        for event in events:
            (ended,) = self._gateway.wait_until_ended(event, 1, SECONDS).values()
            assert ended["state"] == "delivered", ended
        assert all(len(self._seen.at[ring.id]) == 1 for ring in wanted)
