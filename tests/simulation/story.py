"""What a history is about: events, subscriptions, people who change them, faults. All of it of one seed."""

from dataclasses import dataclass, field, replace
from random import Random

from tests.simulation.faults import Fault

START = 1_800_000_000.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A provider rings with event `key`. `forged`: without the right signature. `own`: one of the team's own
    services publishes it. `parts`: its body has so many events, and its source splits."""

    at: float
    key: str
    event_type: str = "push"
    size: int = 40
    forged: bool = False
    own: bool = False
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A subscription, and how its subscriber behaves: from each time on, one of `BEHAVIOURS`. `kind`: of its
    target in place of a URL, as `target_queue` calls it."""

    name: str
    schedule: tuple[float, ...] = (0.0, 5.0, 300.0)
    max_age_hours: float = 8.0
    behaviour: tuple[tuple[float, str], ...] = ((0.0, "ok"),)
    rate_limit: float | None = None
    max_in_flight: int | None = None
    event_types: tuple[str, ...] = ()
    filter: str | None = None
    filter_seconds: float = 0.0
    give_up_on: tuple[str, ...] = ()
    only_on: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """People: `what` is disable, enable, delete, break, move (to another URL), reset (the endpoint, as if it
    were new), off (disabled by a tool, which brings forward what waits), park (the endpoint, as the release
    before does it), pause, resume, replay or rate; pause-source, resume-source or delete-source, whose `name`
    is the source's. A deleted one rings on. `event` counts those that are stored, `rate` is the new limit."""

    at: float
    what: str
    name: str
    event: int = 0
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Times are seconds from the start. At `calm_at` all faults stop. Rates are per side effect.

    At `overwritten_at` the provider gets another secret. `leftovers`: events of the same keys have expired,
    and some of their items are still there. Before `no_index_until` the index of those who wait is not there.
    `batch`: the most deliveries that an invocation takes.
    `tells`: incidents are noted and told.
    """

    seed: int
    rings: tuple[Ring, ...]
    targets: tuple[Target, ...]
    changes: tuple[Change, ...] = ()
    rates: dict[Fault, float] = field(default_factory=dict)
    calm_at: float = 3600.0
    skew: float = 0.0
    read_lag: float = 0.0
    index_lag: float = 0.0
    duplicate_message: float = 0.0
    lose_message: float = 0.0
    slow_message: float = 0.0
    lose_ack: float = 0.0
    partial_batch: float = 0.0
    skip_tick: float = 0.0
    double_tick: float = 0.0
    new_environment: float = 0.2
    latency: float = 0.02
    window_hours: int = 96
    grace: float = 900.0
    overwritten_at: float | None = None
    leftovers: bool = False
    page_size: int = 2
    few: int = 1
    no_index_until: float = 0.0
    batch: int = 10
    tells: bool = False

    @property
    def pauses_sources(self) -> bool:
        return any(change.what.endswith("-source") for change in self.changes)

    @property
    def quiet(self) -> bool:
        """Subscribers may fail; Doorbell and what it stands on do not, and nobody changes anything."""
        return self.is_sound and not self.changes

    @property
    def is_sound(self) -> bool:
        """The same, whatever people change."""
        troubles = (*self.rates.values(), self.skew, self.read_lag, self.index_lag, self.duplicate_message)
        losses = (self.lose_message, self.slow_message, self.lose_ack, self.partial_batch, self.skip_tick)
        return not any((*troubles, *losses, self.double_tick))


BEHAVIOURS = ("ok", "error", "busy", "busy-briefly", "hang", "late", "drop", "unreachable", "gone", "any")
RARE = ("drip", "names-busy", "refuses", "refuses")
"""A 200 whose body never ends; others' names take up all look-ups, so that nothing can be sent; 400."""
RULES = (("5xx",), ("400", "network"), ("timeout",), ("4xx", "503"))
"""Kinds of failure that a subscription gives up on, or tries again after alone."""
_USUAL = (*(what for what in BEHAVIOURS if what != "gone"), "ok", "ok", "any")
_SHORT = ((0.0,), (0.0, 5.0), (0.0, 5.0, 300.0), (0.0, 1.0, 5.0, 30.0, 120.0))
_SCHEDULES = (*_SHORT, (0.0, 2000.0), (0.0, 5.0, 1500.0))


def story_of(seed: int) -> Story:
    """The story of one seed: small worlds, each with some kinds of trouble and without others."""
    rng = Random(seed)
    calm_at = rng.choice((300.0, 1000.0, 2500.0, 6000.0))
    targets = tuple(_target(rng, f"s{n}", calm_at) for n in range(rng.choice((1, 1, 2, 2, 3))))
    rings = tuple(ring for n in range(rng.choice((1, 1, 2, 2, 3, 5))) for ring in _rings(rng, f"e{n}"))
    rings = tuple(_in_parts(seed, ring) for ring in rings)

    def sometimes(*values: float) -> float:
        return rng.choice((0.0, *values))

    return Story(
        seed=seed,
        rings=rings,
        targets=targets,
        changes=tuple(_changes(rng, targets, calm_at)),
        rates={
            Fault.KILL_BEFORE: sometimes(0.01, 0.05),
            Fault.KILL_AFTER: sometimes(0.01, 0.05),
            Fault.REFUSED: sometimes(0.02, 0.1),
            Fault.LOST_ANSWER: sometimes(0.02, 0.05),
            Fault.REPEATED: sometimes(0.05),
            Fault.LATE: sometimes(0.0, 0.03),
            Fault.FREEZE_BEFORE: sometimes(0.0, 0.02),
            Fault.FREEZE_AFTER: sometimes(0.0, 0.02),
        },
        calm_at=calm_at,
        skew=sometimes(0.3, 1.0, 2.0),
        read_lag=sometimes(0.5, 2.0),
        index_lag=sometimes(0.5, 3.0, 90.0),
        duplicate_message=sometimes(0.1, 0.3),
        lose_message=sometimes(0.0, 0.1),
        slow_message=sometimes(0.2),
        lose_ack=sometimes(0.1),
        partial_batch=sometimes(0.2),
        skip_tick=sometimes(0.5),
        double_tick=sometimes(0.3),
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.005, 0.05, 0.5)),
        window_hours=rng.choice((96, 96, 1)),
        grace=rng.choice((900.0, 900.0, 30.0)),
        overwritten_at=_overwritten_at(seed),
        leftovers=Random(f"leftovers {seed}").random() < 0.2,
    )


def _overwritten_at(seed: int) -> float | None:
    """Its dice are its own: the other histories stay what they were."""
    rng = Random(f"overwritten {seed}")
    return rng.uniform(0.0, 400.0) if rng.random() < 0.3 else None


def crowd_of(seed: int) -> Story:
    """Six events for one endpoint in two minutes, by workers that freeze: what a probe and those who were
    under way when the endpoint was parked can do to each other."""
    rng = Random(f"crowd {seed}")
    behaviour = ((0.0, "any"), (1000.0, "ok"))
    return Story(
        seed=seed,
        rings=tuple(Ring(rng.uniform(0, 120), f"e{n}", "push") for n in range(6)),
        targets=(Target("s0", schedule=(0.0, 1.0, 5.0, 30.0, 120.0), behaviour=behaviour),),
        rates={Fault.FREEZE_BEFORE: 0.06, Fault.FREEZE_AFTER: 0.06},
        calm_at=1000.0,
        read_lag=2.0,
        new_environment=rng.choice((0.1, 0.9)),
        latency=0.5,
    )


def line_of(seed: int, behaviour: str = "slow", *, per_second: float = 100.0, limit: int = 5) -> Story:
    """Two hundred events for an endpoint that takes so many at a time. Nothing fails."""
    rings = tuple(Ring(n / per_second, f"e{n}") for n in range(200))
    target = Target("s0", max_in_flight=limit, behaviour=((0.0, behaviour),))
    return Story(seed, rings, (target,), calm_at=10.0)


def recurring_of(seed: int) -> Story:
    """One key that is used again and again after its window, by a fan-out that often fails: some requests
    wait in the dead-letter queue while later ones are served."""
    rng = Random(f"recurring {seed}")
    rings = [
        Ring(number * 3700.0 + seconds, "e0", "push")
        for number in range(4)
        for seconds in (0.0, *rng.sample((5.0, 600.0, 2000.0), rng.choice((0, 1, 2))))
    ]
    failing = rng.choice((0.0, 0.05, 0.2))
    return Story(
        seed=seed,
        rings=tuple(rings),
        targets=(Target("s0", schedule=(0.0, 5.0)), Target("s1", event_types=("pu*",))),
        rates=dict.fromkeys((Fault.KILL_BEFORE, Fault.KILL_AFTER, Fault.REFUSED, Fault.LOST_ANSWER), failing),
        calm_at=15_000.0,
        read_lag=rng.choice((0.0, 2.0)),
        window_hours=1,
        page_size=rng.choice((1, 2)),
        few=rng.choice((0, 2)),
    )


def slow_of(seed: int) -> Story:
    """One event or two of many subscriptions whose filters take long, in batches with some that are quick,
    and nothing goes wrong."""
    rng = Random(f"slow {seed}")
    slow = [
        Target(f"a{n:02}", event_types=("issues",), filter="body.even", filter_seconds=4.0)
        for n in range(rng.choice((1, 15, 60)))
    ]
    kinds = ("issues", rng.choice(("issues", "push")), "push", "push", "push")
    return Story(
        seed=seed,
        rings=tuple(Ring(rng.uniform(0, 0.01), f"e{n}", kind) for n, kind in enumerate(kinds)),
        targets=(*slow, Target("s0"), Target("s1")),
        calm_at=4000.0,
        new_environment=0.0,
        page_size=100,
        few=100,
    )


def _target(rng: Random, name: str, calm_at: float) -> Target:
    times = sorted(rng.uniform(0, calm_at) for _ in range(rng.choice((0, 1, 1, 2))))
    behaviour = [(0.0, rng.choice(_USUAL)), *((at, rng.choice(_USUAL)) for at in times)]
    if rng.random() < 0.05:
        behaviour.append((calm_at * 0.7, "gone"))
    behaviour.append((calm_at, rng.choice(("ok", "ok", "ok", "error"))))
    return Target(
        name,
        schedule=rng.choice(_SCHEDULES),
        max_age_hours=rng.choice((0.3, 2.0, 8.0)),
        behaviour=_with_rare(name, calm_at, behaviour),
        rate_limit=_rate(name, calm_at, rng.choice((None, None, None, 0.05, 0.5))),
        max_in_flight=rng.choice((None, None, None, 1, 2)),
        event_types=rng.choice(((), (), ("push",), ("pu*", "x"))),
        filter=rng.choice((None, None, None, "body.even")),
        give_up_on=_rules(f"{name} {calm_at} {behaviour}", 0.0, 0.1),
        only_on=_rules(f"{name} {calm_at} {behaviour}", 0.1, 0.2),
    )


def _rules(of: str, above: float, below: float) -> tuple[str, ...]:
    """Now and then; its dice are its own."""
    rng = Random(f"rules {of}")
    return rng.choice(RULES) if above <= rng.random() < below else ()


def _with_rare(name: str, calm_at: float, usual: list[tuple[float, str]]) -> tuple[tuple[float, str], ...]:
    """Now and then it begins with something rare. Its dice are its own, as those below."""
    rng = Random(f"rare {name} {calm_at} {usual}")
    return ((0.0, rng.choice(RARE)), *usual[1:]) if rng.random() < 0.08 else tuple(usual)


def _rate(name: str, calm_at: float, usual: float | None) -> float | None:
    """Now and then so low that a turn comes after the age. Its dice are its own: the other histories stay
    what they were."""
    return 0.002 if Random(f"{name} {calm_at}").random() < 0.05 else usual


def _rings(rng: Random, key: str) -> list[Ring]:
    at = rng.choice((0.0, rng.uniform(0, 1), rng.uniform(0, 300)))
    kind = rng.choice(("push", "push", "issues"))
    size = rng.choice((40, 40, 40, 40, 40, 40, 40, 40, 20_000, 140_000))
    own = rng.random() < 0.2
    rings = [Ring(at, key, kind, size, own=own)]
    if rng.random() < 0.3:
        rings.append(Ring(at + rng.choice((0.0, 0.05, 30.0, 4000.0)), key, kind, size, own=own))
    if rng.random() < 0.1:
        rings.append(Ring(at + 1, f"{key}-forged", kind, forged=True))
    return rings


def _in_parts(seed: int, ring: Ring) -> Ring:
    """Now and then a body has several events, whenever its provider rings with it. Its dice are its own."""
    rng = Random(f"{seed} {ring.key.partition('-')[0]}")
    parts = rng.choice((2, 2, 3, 11)) if rng.random() < 0.1 else 0
    return ring if ring.own else replace(ring, parts=parts)


def _changes(rng: Random, targets: tuple[Target, ...], calm_at: float) -> list[Change]:
    changes = []
    if rng.random() < 0.3:
        name, at = rng.choice(targets).name, rng.choice((0.0, 0.03, rng.uniform(0, calm_at)))
        changes.append(Change(at, rng.choice(("disable", "delete", "break")), name))
        if rng.random() < 0.7:
            changes.append(Change(at + rng.choice((0.1, 20.0, 500.0)), "enable", name))
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        changes.append(
            Change(rng.uniform(0, calm_at * 1.2), "replay", rng.choice(targets).name, rng.randrange(3))
        )
    return changes
