"""The model's tables, as they stand in docs/limits.md."""

from collections.abc import Iterator

from tests.scale.ceilings import ceilings
from tests.scale.costs import usd_an_hour
from tests.scale.hours import Hours, Trouble

RATES = (1_000, 10_000, 50_000)


def told() -> str:
    return "\n\n".join((limits_told(), rates_told(), hours_told()))


def limits_told() -> str:
    return "\n".join(_ceilings())


def rates_told() -> str:
    return "\n".join(_rates())


def hours_told() -> str:
    return "\n".join(_hours())


def _ceilings() -> Iterator[str]:
    """Up to the highest rate."""
    yield "| events a second | what is reached | can be raised |"
    yield "|---|---|---|"
    as_it_comes = [one for one in ceilings(raised=False) if one.can_rise]
    hard = [one for one in ceilings(raised=True) if not one.can_rise]
    for one in sorted([*as_it_comes, *hard], key=lambda one: one.at):
        if one.at <= RATES[-1]:
            yield f"| {rounded(one.at, 3)} | {one.what} | {'yes' if one.can_rise else 'no'} |"


def first(rate: float) -> str:
    """What throttles first at a rate once quotas are raised, and from where on."""
    lowest = ceilings(raised=True)[0]
    return f"{lowest.what}, from {rounded(lowest.at, 3)}" if lowest.at < rate else "nothing"


def _rates() -> Iterator[str]:
    yield "| events a second | throttles first with quotas raised | USD an hour |"
    yield "|---|---|---|"
    for rate in RATES:
        yield f"| {rate:,} | {first(rate)} | {usd_an_hour(rate):,.0f} |"


def _hours() -> Iterator[str]:
    after = ("in the queues", "on waiting lists", "dead letters")
    heads = ("an hour in which", "events a second", *after, *(f"{one} an hour later" for one in after))
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|---|---|---|"
    for trouble in Trouble:
        for rate in RATES:
            cells = [
                rounded(number)
                for moment in Hours(rate, trouble).run()
                for number in (moment.in_queues, sum(moment.waiting.values()), moment.dead_letters)
            ]
            yield f"| {trouble} | {rate:,} | {' | '.join(cells)} |"


def rounded(number: float, digits: int = 2) -> str:
    """To so many digits that count."""
    if number < 1:
        return "0"
    beyond = len(str(int(number))) - digits
    return f"{round(number, -beyond) if beyond > 0 else round(number):,.0f}"
