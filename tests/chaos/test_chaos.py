"""`make chaos`: the deployed gateway under load, while everything that can be broken is broken.

Real HTTP, SQS, DynamoDB and Lambda workers of the local stack. DOORBELL_CHAOS_EVENTS (3000),
DOORBELL_CHAOS_SECONDS (900: for so long new events are rung) and DOORBELL_CHAOS_SEED (1) change the run. Its
clock is quicker than a production one: GraceSeconds is 30, and the events queue gives a dead worker's message
back after 30 s instead of 360. All else is the template's.
"""

import os
import threading
from contextlib import ExitStack
from time import monotonic, sleep

import pytest

from doorbell_cli.stack import LocalStack
from tests.chaos.durable import durable_stack
from tests.chaos.faults import Chaos
from tests.chaos.provider import Provider
from tests.chaos.subscribers import Witness, serving, witnesses
from tests.chaos.verdict import Verdict, settle
from tests.support.gateway import Gateway

EVENTS = int(os.environ.get("DOORBELL_CHAOS_EVENTS", "3000"))
SEED = int(os.environ.get("DOORBELL_CHAOS_SEED", "1"))
LINGER_SECONDS = 90.0
RING_SECONDS = float(os.environ.get("DOORBELL_CHAOS_SECONDS", "900"))
SETTLE_SECONDS = 1800.0
SETUP_AND_REMOVAL_SECONDS = 900.0
SENDER_KILLED_EVERY = 10
EVENTS_VISIBILITY_SECONDS = 30


@pytest.mark.e2e
@pytest.mark.timeout(RING_SECONDS + LINGER_SECONDS + SETTLE_SECONDS + SETUP_AND_REMOVAL_SECONDS)
def test_under_every_fault_the_ledger_balances_and_each_subscriber_saw_each_event() -> None:
    with ExitStack() as everything:
        stack, server = everything.enter_context(durable_stack({"GraceSeconds": "30"}))
        stack.client("sqs").set_queue_attributes(
            QueueUrl=stack.outputs["EventsQueueUrl"],
            Attributes={"VisibilityTimeout": str(EVENTS_VISIBILITY_SECONDS)},
        )
        crowd = [everything.enter_context(serving(witness)) for witness in witnesses(SEED)]
        tenant, url = _configure(stack, crowd)
        provider = Provider(url)
        chaos = Chaos(stack, server, provider, SEED)
        _say(f"{EVENTS} events or {RING_SECONDS:.0f} s, seed {SEED}: {', '.join(w.name for w in crowd)}")
        begun = monotonic()
        chaos.kill_senders(crowd[0], every=SENDER_KILLED_EVERY)
        chaos.start()
        try:
            _ring_and_restart(provider, chaos)
            took = monotonic() - begun
            _linger(provider, crowd[0])
            _say(f"{len(provider.accepted)} accepted in {took:.0f} s; rung again: {dict(provider.refusals)}")
        finally:
            chaos.stop()
        redriven = settle(stack, tenant, SETTLE_SECONDS)
        _say(f"settled after {monotonic() - begun:.0f} s")
        verdict = Verdict.of(stack, tenant, provider, crowd, chaos, redriven)
        for line in verdict.lines():
            _say(line)
        assert not verdict.complaints()


def _configure(stack: LocalStack, crowd: list[Witness]) -> tuple[str, str]:
    """One source, a subscription for each witness; the tenant, and where to ring."""
    gateway = Gateway(stack)
    source_id = gateway.put_source()
    for witness in crowd:
        gateway.put_subscription(
            source_id, witness.url, **{**witness.fields, "subscription_id": witness.name}
        )
    return f"t-{source_id}", f"{stack.api_url}/in/{source_id}"


def _ring_and_restart(provider: Provider, chaos: Chaos) -> None:
    """MiniStack is stopped and started after a third, and after two thirds, of the events or the time."""
    failed: list[BaseException] = []

    def ring() -> None:
        try:
            provider.ring_all(EVENTS, RING_SECONDS)
        except BaseException as error:
            failed.append(error)

    ringing = threading.Thread(target=ring, daemon=True)
    ringing.start()
    begun = monotonic()
    for share in (1 / 3, 2 / 3):
        while (
            ringing.is_alive()
            and len(provider.accepted) < EVENTS * share
            and monotonic() - begun < RING_SECONDS * share
        ):
            ringing.join(0.2)
        chaos.restart()
    ringing.join()
    assert not failed, failed


def _linger(provider: Provider, witness: Witness) -> None:
    """The faults go on until most of the deliveries have been made under them."""
    deadline = monotonic() + LINGER_SECONDS
    while len(witness.seen) < 0.8 * len(provider.accepted) and monotonic() < deadline:
        sleep(0.5)


def _say(line: str) -> None:
    print(f"chaos: {line}", flush=True)
