"""The dispatcher as it is deployed, by turns with batches of ten and of a hundred, ten subscriptions each.

Argument: the subscriber's URL.
"""

import itertools
import json
import ssl
import statistics
import sys
import time
import urllib.request

import app
from measure import peak_kib, told
from records import Context, delivery_record

ROUNDS = 5
SIZES = (10, 100)
numbers = itertools.count()


def batch(size: int) -> None:
    records = [delivery_record(next(numbers), n % 10) for n in range(size)]
    answer = app.handler({"Records": records}, Context())
    assert answer == {"batchItemFailures": []}, answer


def most(url: str) -> int:
    """In flight since it was asked last."""
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    with urllib.request.urlopen(f"{url}/seen", context=context) as answer:
        found: int = json.load(answer)["most"]
    return found


def main() -> None:
    url, figures = sys.argv[1], dict[str, float]()
    for size in SIZES:
        batch(size)
    taken = {size: list[tuple[float, float, int]]() for size in SIZES}
    most(url)
    for _ in range(ROUNDS):
        for size in SIZES:
            wall, cpu = time.perf_counter(), time.process_time()
            batch(size)
            taken[size].append((time.perf_counter() - wall, time.process_time() - cpu, most(url)))
    for size, found in taken.items():
        wall, cpu, at_once = (statistics.median(values) for values in zip(*found, strict=True))
        figures |= {f"of_{size}_s": wall, f"of_{size}_cpu_s": cpu, f"of_{size}_most": at_once}
    told({**figures, "peak_kib": peak_kib()})


if __name__ == "__main__":
    main()
