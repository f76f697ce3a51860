"""Tell one history (`--seed 7`), or run many and sum up (`--histories 200000`); both also of outages
(`--outages`). Or put a fault at every side effect and at every pair (`--exhaustive`), or show which
deliberate bugs are caught (`--mutations`)."""

import argparse
import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import Pool
from time import monotonic

from tests.simulation.bugs import MUTATIONS
from tests.simulation.exhaust import STORIES, Exhausted, exhaust
from tests.simulation.faults import Fault
from tests.simulation.loop import Line
from tests.simulation.mutations import hunt, row
from tests.simulation.outages import outage_of
from tests.simulation.simulation import Simulation
from tests.simulation.story import Story, story_of
from tests.simulation.survey import Survey, survey

CHUNK = 250


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, nargs="?", help="tell this history, line by line")
    parser.add_argument("--histories", type=int, default=2000, help="how many to run (default 2000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--outages", action="store_true", help="histories of endpoints that are down")
    parser.add_argument("--exhaustive", action="store_true", help="every fault at every pair of side effects")
    parser.add_argument("--mutations", action="store_true", help="hunt deliberate bugs, print the table")
    parser.add_argument("--processes", type=int, default=None, help="side by side (default: the cores)")
    given = parser.parse_args()
    story = outage_of if given.outages else story_of
    if given.seed is not None:
        return tell(story(given.seed))
    if given.exhaustive:
        return exhaust_all()
    if given.mutations:
        return hunt_all(given.histories)
    return run(range(given.first, given.first + given.histories), given.processes, story)


def tell(story: Story) -> int:
    print(_world(story))
    simulation = Simulation(story)
    problem: Exception | None = None
    try:
        history = simulation.run()
    except Exception as error:
        problem = error
    for line in simulation.world.timeline:
        print(_line(line))
    if problem is not None:
        print(f"\n✗ {type(problem).__name__}: {problem}")
        return 1
    states = ", ".join(f"{count} {state}" for state, count in sorted(history.states.items()))
    print(f"\n✓ whole: {states or 'nothing matched'}; {history.duplicates} duplicate sends")
    return 0


def run(seeds: range, processes: int | None, story: Callable[[int], Story]) -> int:
    begin, total = monotonic(), Survey()
    chunks = [seeds[n : n + CHUNK] for n in range(0, len(seeds), CHUNK)]
    # A chunk's garbage goes with its process: to look for it takes a seventh of the time.
    with Pool(processes, initializer=gc.disable, maxtasksperchild=1) as pool:
        for found in _progress(pool.imap_unordered(partial(survey, story=story), chunks), len(seeds)):
            total.add(found)
    print(total.report(), f"in {monotonic() - begin:.0f} s")
    return 1 if total.broken else 0


def exhaust_all() -> int:
    with Pool() as pool:
        found = pool.map(_exhaust, STORIES, chunksize=1)
    for name, one in zip(STORIES, found, strict=True):
        print(f"{name:<48} {one.effects:>3} side effects, {one.runs:>6} runs, {len(one.broken)} broken")
        for script, what in list(one.broken.items())[:5]:
            print(f"  {script}: {what}")
    return 1 if any(one.broken for one in found) else 0


def _exhaust(name: str) -> Exhausted:
    return exhaust(STORIES[name], tuple(Fault), pairs=True)


def hunt_all(histories: int) -> int:
    missed = 0
    for mutation in MUTATIONS:
        caught = hunt(mutation, histories)
        missed += caught is None
        print(row(mutation, caught), flush=True)
    print(f"{len(MUTATIONS) - missed} of {len(MUTATIONS)} deliberate bugs caught")
    return 1 if missed else 0


def _progress(surveys: Iterator[Survey], histories: int) -> Iterator[Survey]:
    done = 0
    for found in surveys:
        yield found
        done += found.histories
        print(f"\r{done} of {histories} histories", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _world(story: Story) -> str:
    rates = Counter({fault.value: rate for fault, rate in story.rates.items() if rate})
    faults = ", ".join(f"{name} {rate:g}" for name, rate in rates.items()) or "none"
    lines = [f"seed {story.seed}: faults until {story.calm_at:g} s ({faults}), clocks {story.skew:g} s apart"]
    lines += [f"  {target}" for target in story.targets]
    return "\n".join(lines)


def _line(line: Line) -> str:
    at, who, what = line
    return f"{at:12.3f}  {who:<16} {what}"


if __name__ == "__main__":
    raise SystemExit(main())
