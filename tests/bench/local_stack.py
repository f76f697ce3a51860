"""Row 8: the whole way, from a provider's request to the subscriber, on the local stack.

Three gateways stand on one MiniStack and take turns; each gets the same requests, signed as GitHub's, 2 KB:

- Doorbell: API → ingest → queue → fan-out → queue → dispatcher → subscriber. Three functions.
- probe: API → `send.py` → queue → `post.py` → subscriber: what rows 1 and 3 measure against. Two functions,
  one call, and none of the six guarantees: what is lost is lost, what comes twice is sent twice.
- floor: three bare functions that make the calls row 7 calls the least, and do nothing else.

Each turn has two phases: send; then wait for every id at the subscriber, and count what came twice.

- At a fixed offered load that all three carry: throughput is what was offered, so what tells is the time from
  the moment a request was due to its arrival.
- Saturated: four senders, each sending as soon as it is answered, for some seconds. Throughput is events over
  the time from the first request to the last arrival.

What limits a saturated gateway here is not what limits it on AWS. MiniStack is one Python process, and every
request, invocation and AWS call of all functions goes through it; Lambda runs at most five invocations of a
mapping side by side. So a call costs throughput here, where on AWS it costs money (row 7): against the probe
the goal asks for the guarantees' calls in little more than the time of one. The floor tells what they cost
here from what Doorbell's code does, and `most_that_ministack_allows` is the ratio to the probe that functions
would reach which took no time at all: MiniStack's own CPU for an event of each.
A function that writes no log waits 50 ms for it in MiniStack, so the bare ones print a line.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from doorbell_cli.stack import LocalStack, Progress, local_stack
from tests.bench.line import Line
from tests.bench.local_stack_host import cpu_seconds, files_in_memory
from tests.bench.local_stack_load import Ring, Sent, as_fast_as_taken, at_rate, rings
from tests.bench.local_stack_probes import deploy_probes
from tests.bench.local_stack_subscriber import Arrivals, arrivals
from tests.support.gateway import Gateway

GOAL = 0.8
OFFERED = 15.0
"""Events a second."""
FIXED_SECONDS, SATURATED_SECONDS, ROUNDS = 8, 6, 2
MOST_PER_SECOND = 400
WAIT_SECONDS = 60
WARM_UP = 60


class Lost(Exception):
    """Events that were taken and did not come."""


@dataclass
class Taken:
    """One gateway's turns."""

    throughput: list[float] = field(default_factory=list)
    """Events a second, of each saturated turn."""
    kept_up: list[float] = field(default_factory=list)
    """The same at the fixed load."""
    latency: list[float] = field(default_factory=list)
    """Seconds, of every event at the fixed load."""
    cpu: list[tuple[float, float]] = field(default_factory=list)
    """Seconds of CPU an event, of each saturated turn: MiniStack's, the functions'."""
    twice: int = 0

    def figures(self, name: str) -> dict[str, float]:
        return {
            f"{name}_saturated_per_second": statistics.median(self.throughput),
            f"{name}_fixed_per_second": statistics.median(self.kept_up),
            f"{name}_p50_ms": 1e3 * self.quantile(0.5),
            f"{name}_p99_ms": 1e3 * self.quantile(0.99),
            f"{name}_ministack_cpu_ms": 1e3 * statistics.median(own for own, _ in self.cpu),
            f"{name}_functions_cpu_ms": 1e3 * statistics.median(functions for _, functions in self.cpu),
            f"{name}_came_twice": self.twice,
        }

    def cpu_of_an_event(self) -> float:
        return statistics.median(own + functions for own, functions in self.cpu)

    def quantile(self, share: float) -> float:
        return sorted(self.latency)[int(share * len(self.latency))]


def lines() -> Iterator[Line]:
    parameters = {"GraceSeconds": "900"}
    with files_in_memory(), arrivals() as seen, local_stack(Progress(quiet=True), parameters) as stack:
        taken = _measure(stack, seen)
    ours, probe, floor = taken["ours"], taken["probe"], taken["floor"]
    figures = {name: value for who, one in taken.items() for name, value in one.figures(who).items()}
    if own := figures["ours_ministack_cpu_ms"]:
        figures["most_that_ministack_allows"] = figures["probe_ministack_cpu_ms"] / own

    def line(what: str, against: str, ratio: float, goal: float | None = None) -> Line:
        what = f"local stack: {what}"
        return Line(
            row="8", what=what, against=against, ratio=ratio, goal=goal, bound="at least", figures=figures
        )

    bare = "the probes of rows 1 and 3, two functions"
    at_load = f"{OFFERED:g} events a second offered"
    median = statistics.median
    yield line(f"{at_load}, delivered", bare, median(ours.kept_up) / median(probe.kept_up), GOAL)
    yield line(f"{at_load}, p50 to delivery", bare, ours.quantile(0.5) / probe.quantile(0.5))
    yield line(f"{at_load}, p99 to delivery", bare, ours.quantile(0.99) / probe.quantile(0.99))
    yield line("saturated, events a second", bare, median(ours.throughput) / median(probe.throughput), GOAL)
    least = "three bare functions, row 7's least calls"
    yield line("saturated, events a second", least, median(ours.throughput) / median(floor.throughput))
    if floor.cpu_of_an_event():
        yield line(
            "CPU of an event, MiniStack's too", least, ours.cpu_of_an_event() / floor.cpu_of_an_event()
        )


def _measure(stack: LocalStack, seen: Arrivals) -> dict[str, Taken]:
    gateway, bare = Gateway(stack), deploy_probes(stack, seen.url)
    source = gateway.put_source()
    gateway.put_subscription(source, seen.url)
    urls = {"ours": f"{stack.api_url}/in/{source}", "probe": f"{bare}/probe/x", "floor": f"{bare}/floor/x"}
    taken = {name: Taken() for name in urls}
    for url in urls.values():  # as many environments are started as will be used
        both_phases(seen, rings(WARM_UP), partial(as_fast_as_taken, url, seconds=WAIT_SECONDS))
    for number in range(ROUNDS):
        for name in urls if number % 2 else reversed(urls):
            _fixed(taken[name], seen, urls[name])
            _saturated(taken[name], seen, urls[name], stack)
    return taken


def _fixed(taken: Taken, seen: Arrivals, url: str) -> None:
    wanted = rings(int(OFFERED * FIXED_SECONDS))
    sent, came = both_phases(seen, wanted, partial(at_rate, url, per_second=OFFERED))
    taken.kept_up.append(len(came) / (max(came.values()) - min(sent.at.values())))
    taken.latency.extend(at - sent.at[name] for name, at in came.items())
    taken.twice += sum(len(seen.at[name]) - 1 for name in came)


def _saturated(taken: Taken, seen: Arrivals, url: str, stack: LocalStack) -> None:
    wanted = rings(MOST_PER_SECOND * SATURATED_SECONDS)
    before = cpu_seconds(stack)
    sent, came = both_phases(seen, wanted, partial(as_fast_as_taken, url, seconds=SATURATED_SECONDS))
    own, functions = (after - then for after, then in zip(cpu_seconds(stack), before, strict=True))
    taken.throughput.append(len(came) / (max(came.values()) - min(sent.at.values())))
    taken.cpu.append((own / len(came), functions / len(came)))
    taken.twice += sum(len(seen.at[name]) - 1 for name in came)


def both_phases(
    seen: Arrivals, wanted: Sequence[Ring], send: Callable[[Sequence[Ring]], Sent]
) -> tuple[Sent, dict[str, float]]:
    """What was sent, and when each of it first came. Raises `Lost` unless everything was taken and came."""
    sent = send(wanted)
    if sent.refused:
        raise Lost(f"{len(sent.refused)} of {len(sent.at)} refused: {set(sent.refused)}")
    seen.wait_for(set(sent.at), WAIT_SECONDS)
    time.sleep(0.5)  # for what comes twice
    missing = sent.at.keys() - seen.at.keys()
    if missing:
        raise Lost(f"{len(missing)} of {len(sent.at)} did not come in {WAIT_SECONDS} s")
    return sent, {name: seen.at[name][0] for name in sent.at}
