"""The dispatcher as it is deployed, by turns with ten deliveries to a queue and with ten to a URL.

Argument: the URL at which AWS's stub tells what it has seen.
"""

import itertools
import json
import sys
import urllib.request

import app
from measure import side_by_side, told
from records import Context, delivery_record

BATCH, TO_URL, TO_QUEUE = 10, 0, 1
numbers = itertools.count()


def deliver(subscription: int) -> None:
    records = [delivery_record(next(numbers), subscription) for _ in range(BATCH)]
    answer = app.handler({"Records": records}, Context())
    assert answer == {"batchItemFailures": []}, answer


def seen() -> dict[str, float]:
    with urllib.request.urlopen(sys.argv[1]) as answer:
        found: dict[str, float] = json.load(answer)
    return found


def main() -> None:
    queue, url = side_by_side(lambda: deliver(TO_QUEUE), lambda: deliver(TO_URL), rounds=30, each=5)
    found = seen()
    calls = BATCH * found["calls"] / found["messages"]
    told({**queue.figures("queue"), **url.figures("url"), "calls_for_ten": calls})


if __name__ == "__main__":
    main()
