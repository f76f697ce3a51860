"""Where the load lies: units that one event a second writes and reads at each partition key, from what real
code writes for an event (`counted`) and where real keys put it (`traffic`)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import batched
from random import Random

from doorbell.domain.rollups import DELIVERED, SPREAD, Holder, Kind
from doorbell.usecases.tally import Tally
from doorbell_cli.ops.counted import prices
from tests.scale.counted import Units, delivered, filed
from tests.scale.traffic import HOT, NOON, SAMPLE, SEED, SOURCE, SUBSCRIPTION, Rung, sample

ENVIRONMENTS = 200
ROLLUPS = "rollups"


@dataclass(frozen=True, slots=True)
class Heat:
    """Of one event a second: units a second, by table or index, and then by partition key."""

    written: Mapping[str, Counter[str]]

    def total(self, where: str) -> float:
        return float(self.written[where].total())

    def hottest(self, where: str) -> tuple[str, float]:
        """("", 0) where nothing is written."""
        ((key, units),) = self.written.get(where, Counter[str]()).most_common(1) or [("", 0)]
        return key, float(units)


@cache
def healthy() -> Heat:
    """One endpoint in a hundred is dead; all others answer."""
    return _heat(lambda one: filed() if one.dead else delivered())


@cache
def in_trouble() -> Heat:
    """No endpoint answers: all are filed. At first each event of the many parks another one, which puts its
    wake into the index."""
    heat = _heat(lambda one: filed())
    first = Counter(keys["wake"] for one, keys in sample() if one.tenant_id != HOT)
    return Heat({**heat.written, "wake": Counter({key: count / SAMPLE for key, count in first.items()})})


def _heat(units_of: Callable[[Rung], Units]) -> Heat:
    written: dict[str, Counter[str]] = {ROLLUPS: _rollups()}
    for one, keys in sample():
        for where, units in units_of(one).written.items():
            if where in keys:
                written.setdefault(where, Counter())[keys[where]] += units / SAMPLE  # type: ignore[assignment]
    return Heat(written)


def _rollups() -> Counter[str]:
    """A write for each holder that a batch has to do with: of fan-out its sources, of the dispatcher its
    subscriptions. Batches are as full as `doorbell cost` takes them to be."""
    random, found = Random(SEED), Counter[str]()
    numbers = [random.randrange(SPREAD) for _ in range(ENVIRONMENTS)]
    for batch in batched((one for one, _ in sample()), int(prices()["assumed"]["batch"]), strict=False):
        for key in _keys(batch, random.choice(numbers)):
            found[key] += 1 / SAMPLE  # type: ignore[assignment]
    return found


def _keys(batch: tuple[Rung, ...], number: int) -> Iterator[str]:
    """`number`: that of the keys which an environment adds to."""
    tally = Tally()
    for one in batch:
        tally.accepted(one.tenant_id, SOURCE, NOON)
        tally.add(Holder(Kind.SUBSCRIPTION, one.tenant_id, SUBSCRIPTION), NOON, {DELIVERED: 1})
    yield from (holder.keys[number] for holder, _ in tally.taken())
