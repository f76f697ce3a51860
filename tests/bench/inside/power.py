"""Processor seconds of ingest as it is deployed: until its first answer, and for a request after it."""

import time

import app
from github import event, push
from measure import told
from records import Context

ROUNDS, REQUESTS = 20, 50


def main() -> None:
    ring = event(push())
    assert app.handler(ring, Context())["statusCode"] == 202
    cold = time.process_time()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(REQUESTS):
            app.handler(ring, Context())
        taken.append((time.process_time() - began) / REQUESTS)
    told({"cold_s": cold, "warm_s": sorted(taken)[ROUNDS // 2]})


if __name__ == "__main__":
    main()
