"""Who waits costs nothing: an outage of three days costs a delivery what one of an hour does, and a sweep
looks at none of those that wait. Counted in histories in which nothing goes wrong but the endpoint."""

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.retry import DEFAULT_SCHEDULE
from doorbell.store.deliveries.delivery_items import delivery_key
from tests.simulation.meter import Meter
from tests.simulation.simulation import History, Simulation
from tests.simulation.story import Ring, Story, Target

BACKLOG = 100
UNITS, WAKE_UPS = 16 + 1, 3
"""One of them for the history."""
UNITS_OF_A_PROBE, AND_EACH_ATTEMPT = 40, 8


def outage(hours: float, rings: tuple[Ring, ...]) -> Simulation:
    """The first ring finds the endpoint down."""
    schedule = tuple(float(seconds) for seconds in DEFAULT_SCHEDULE)
    behaviour = ((0.0, "busy"), (hours * 3600, "ok"))
    target = Target("s0", schedule=schedule, max_age_hours=120.0, behaviour=behaviour)
    return Simulation(Story(1, rings, (target,), calm_at=hours * 3600 + 1, new_environment=0.0))


def backlog(begin: float) -> tuple[Ring, ...]:
    return (Ring(0.0, "e0"), *(Ring(begin + n / 10, f"e{n}") for n in range(1, BACKLOG + 1)))


def counted(hours: float) -> tuple[History, list[tuple[Delivery, int, int]]]:
    """Each delivery, its units, its wake-ups."""
    simulation = outage(hours, backlog(5.0))
    meter = Meter(simulation)
    history = simulation.run()

    def units(key: DeliveryKey) -> int:
        return meter.units[tuple(delivery_key(key).values())]

    found = simulation.ledger.deliveries
    return history, [(d, units(key), history.calls[key]) for key, d in sorted(found.items())]


@pytest.mark.long
@pytest.mark.parametrize("hours", [1, 6, 24, 72])
def test_a_delivery_waits_through_an_outage_for_seventeen_units_and_three_wake_ups(hours: int) -> None:
    history, deliveries = counted(hours)
    assert history.states == {State.DELIVERED: BACKLOG + 1}
    waited = [(units, calls) for delivery, units, calls in deliveries if delivery.attempts_made == 1]
    assert len(waited) >= 20
    print(f"\n{hours} h: {max(waited)} units and wake-ups")
    assert max(units for units, _ in waited) <= UNITS
    assert max(calls for _, calls in waited) <= WAKE_UPS


@pytest.mark.long
@pytest.mark.parametrize("hours", [6, 72])
def test_a_probe_costs_what_its_attempts_cost(hours: int) -> None:
    _, deliveries = counted(hours)
    probes = [(delivery, units) for delivery, units, _ in deliveries if delivery.attempts_made > 1]
    assert probes
    for delivery, units in probes:
        assert units <= UNITS_OF_A_PROBE + AND_EACH_ATTEMPT * delivery.attempts_made


def test_a_sweep_looks_at_none_of_those_that_wait() -> None:
    simulation = outage(6, backlog(5.0))
    moved = list[float]()
    simulation.tables.listeners.append(
        lambda table, key, before, after: (
            moved.append(simulation.world.now)
            if table == "events" and before and after and _due(before) != _due(after)
            else None
        )
    )
    begun = simulation.world.now
    simulation.run()
    asleep = [at - begun for at in moved if 600 < at - begun < 6 * 3600]
    assert len(asleep) <= 2 * 10, "the probes, and nobody else"


def test_an_outage_of_forty_five_seconds_is_over_as_soon_as_with_the_release_before() -> None:
    """That one held everybody with a message of its own; it is what is done while there is no list."""
    rings = tuple(Ring(n / 10, f"e{n}") for n in range(BACKLOG))
    behaviour = ((0.0, "busy"), (45.0, "ok"))
    target = Target("s0", schedule=(0.0, 5.0, 300.0), behaviour=behaviour)

    def last(no_index_until: float) -> float:
        story = Story(1, rings, (target,), calm_at=50.0, no_index_until=no_index_until)
        history = Simulation(story).run()
        assert history.states == {State.DELIVERED: BACKLOG}
        return history.ended_at

    listed, before = last(0.0), last(2000.0)
    print(f"\nlast delivered after {listed:.0f} s, before {before:.0f} s")
    assert listed <= 1.1 * before


def _due(item: dict[str, dict[str, str]]) -> str | None:
    return item.get("due_at", {}).get("N")
