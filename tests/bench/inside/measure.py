"""Two things measured side by side. Standard library only: it runs where only the deployed code is."""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable


class Taken:
    """Wall time of every call and CPU time of each round, both in seconds."""

    def __init__(self, calls_a_round: int) -> None:
        self.calls_a_round = calls_a_round
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def round(self, call: Callable[[], object]) -> None:
        cpu = time.process_time()
        for _ in range(self.calls_a_round):
            began = time.perf_counter()
            call()
            self.wall.append(time.perf_counter() - began)
        self.cpu.append((time.process_time() - cpu) / self.calls_a_round)

    def figures(self, name: str) -> dict[str, float]:
        ordered = sorted(self.wall)
        return {
            f"{name}_p50_us": 1e6 * statistics.median(ordered),
            f"{name}_p99_us": 1e6 * ordered[int(0.99 * len(ordered))],
            f"{name}_cpu_us": 1e6 * statistics.median(self.cpu),
        }


def side_by_side(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 40, each: int = 50
) -> tuple[Taken, Taken]:
    """Rounds of the one and of the other by turns, so that a slow moment of the machine meets both."""
    first, second = Taken(each), Taken(each)
    for call in (ours, theirs):
        for _ in range(each):
            call()  # warm
    gc.collect()
    for number in range(rounds):
        pair = [(first, ours), (second, theirs)]
        for taken, call in pair if number % 2 else reversed(pair):
            taken.round(call)
    return first, second


def peak_kib() -> int:
    """The most memory this process ever held; unlike `ru_maxrss` nothing of the one that started it."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def told(document: object) -> None:
    """To the file that is this script's last argument."""
    with open(sys.argv[-1], "w") as file:
        json.dump(document, file)
