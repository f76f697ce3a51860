"""Stories of a rate limit that people change while many wait for it, and nothing else goes wrong."""

from random import Random

from tests.simulation.story import Change, Ring, Story, Target

LOW, HIGH = (0.002, 0.005, 0.01), (0.5, 1.0, 3.0)


def rates_of(seed: int) -> Story:
    """Raised or lowered once, or there and on to another. No rate comes back."""
    rng = Random(f"rates {seed}")
    raised = rng.random() < 0.5
    low, high, last = rng.choice(LOW), rng.choice(HIGH), rng.choice((0.04, 8.0))
    before, after = (low, high) if raised else (high, 0.04 if last > 1 else low)
    at = rng.uniform(1000.0, 4000.0) if raised else rng.uniform(2.0, 20.0)
    changes = [Change(at, "rate", "s0", rate=after)]
    if raised and rng.random() < 0.5:
        changes.append(Change(at + rng.uniform(100.0, 1000.0), "rate", "s0", rate=last))
    return Story(
        seed=seed,
        rings=tuple(Ring(rng.uniform(0.0, 1.0), f"e{n}", "push") for n in range(40)),
        targets=(Target("s0", schedule=(0.0, 5.0), rate_limit=before, max_age_hours=30.0),),
        changes=tuple(changes),
        calm_at=10_000.0,
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.005, 0.05)),
    )
