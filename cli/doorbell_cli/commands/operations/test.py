"""`doorbell test`: a signed test event to one subscription, and what came of it."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.domain.errors import DoorbellError
from doorbell.domain.health import Circuit
from doorbell.domain.subscriptions import Subscription
from doorbell.runtime.admin_api import iso
from doorbell.store.items.models import load_subscription
from doorbell_cli.commands.configuration.items import existing, refuse_broken
from doorbell_cli.configuration import SUBSCRIPTION, endpoints, now, policy
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail, progress
from doorbell_cli.target import StackOption, Target, connected
from doorbell_cli.trial import EVENT_TYPE, Trial, trial_of

_ADVICE = {
    401: "The subscriber refuses the signature. Does it have the present secret?",
    403: "The subscriber forbids it. Does it have an allow-list of addresses, or is a credential missing?",
    404: "There is nothing at this URL.",
    405: "Nothing accepts a POST at this URL.",
    410: "The subscriber wants no more events. The subscription is disabled now.",
    "address_refused": "Doorbell never calls private addresses.",
    "connect_failed": "Nothing listens there, or a firewall is in between.",
    "dns_failed": "The host name cannot be resolved.",
    "timeout": "The subscriber was too slow. It should answer first and work later.",
    "tls_failed": "Check the subscriber's certificate, or the subscription's ca_bundle_ref.",
    "secret_missing": "`doorbell check` says which secret is missing.",
}


def send_test(
    name: Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")],
    data: Annotated[str, typer.Option(help="The body, JSON.")] = '{"message":"a test from doorbell"}',
    event_type: Annotated[str, typer.Option("--type", help="The event's type.")] = EVENT_TYPE,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the attempt.")] = 60.0,
    retry: Annotated[bool, typer.Option("--retry", help="Retry it like any other delivery.")] = False,
    direct: Annotated[
        bool, typer.Option("--direct", help="Send from this machine instead, leaving no record.")
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a signed test event to one subscription and show the answer; exit 1 unless it was delivered.

    It takes the real way: the deployed dispatcher signs and sends it and records the attempt. The
    subscription's filter is not asked, and no other subscription gets it.
    """
    try:
        content = json.loads(data)
    except ValueError as error:
        raise typer.BadParameter(f"Not JSON: {error}", param_hint="--data") from None
    with connected(stack) as target:
        out = Output(as_json)
        subscription = _usable(target, name, direct)
        trial = trial_of(target, subscription, event_type, content)
        delivered = _direct(out, trial) if direct else _deployed(out, trial, wait, retry)
    if not delivered:
        raise typer.Exit(int(Exit.PROBLEM))


def _usable(target: Target, name: str, direct: bool) -> Subscription:
    values = existing(target, SUBSCRIPTION, name).values
    refuse_broken(target, SUBSCRIPTION, values)
    subscription = load_subscription(values)
    if direct:
        return subscription
    if not subscription.enabled:
        reason = subscription.disabled_reason or "by hand"
        fail(f"{subscription.endpoint_id} is disabled ({reason}). Enable it, or test it with --direct.")
    health = endpoints(target).health(subscription.endpoint_id)
    if health.circuit(now()) is Circuit.OPEN:
        fail(
            f"{subscription.endpoint_id} is parked until {clock(health.parked_until)} after "
            f"{health.failures} failures. `doorbell subscriptions enable` gives it a clean record; "
            "--direct sends without asking for its record."
        )
    return subscription


def _deployed(out: Output, trial: Trial, wait: float, retry: bool) -> bool:
    delivery = None
    try:
        with progress(f"Sending to {trial.subscription.url}"):
            trial.start()
            delivery = trial.wait(wait)
    finally:
        fate = _fate(trial, delivery, retry)
        if delivery is None:  # Ctrl-C, or AWS said no
            out.note(f"{trial.event.event_id}: {fate}")
    if not delivery.attempts and not delivery.state.terminal:
        fail(f"No attempt within {wait:g} s; {fate}. See: doorbell events show {trial.event.event_id}")
    out.say(f"{trial.subscription.url}: event {trial.event.event_id}")
    for attempt in delivery.attempts:
        _say_attempt(out, attempt)
    if delivery.state is State.PENDING:
        out.say(f"  {fate}")
    elif delivery.state is not State.DELIVERED:
        out.say(f"  {delivery.state.value}: {delivery.reason}")
    out.document(_document(trial, delivery))
    return delivery.state is State.DELIVERED


def _fate(trial: Trial, delivery: Delivery | None, retry: bool) -> str:
    """What becomes of it from here, in words: without `retry` it is ended."""
    if delivery is not None and delivery.state.terminal:
        return delivery.state.value
    if retry:
        return "it is tried like any other delivery" + (
            f", {clock(delivery.next_attempt_at)}" if delivery else ""
        )
    try:
        ended = trial.give_up()
    except DoorbellError as error:
        return f"it could not be ended ({error}) and is tried like any other delivery"
    return "it is not tried again" if ended else "a worker has it right now; if that fails, it is tried again"


def _say_attempt(out: Output, attempt: Attempt) -> None:
    delivered = attempt.is_success
    answer = str(attempt.status) if delivered else attempt.error or str(attempt.status)
    out.say(
        f"  {'✓' if delivered else '✗'} {answer} in {attempt.duration_ms} ms", "green" if delivered else "red"
    )
    for text in (attempt.detail, attempt.response):
        if text:
            out.say(f"    {text}")
    advice = _ADVICE.get(attempt.error or attempt.status or 0)
    if advice and not delivered:
        out.say(f"    {advice}")


def _document(trial: Trial, delivery: Delivery) -> dict[str, Any]:
    return {
        "event_id": trial.event.event_id,
        "subscription": trial.subscription.endpoint_id,
        "url": trial.subscription.url,
        "delivered": delivery.state is State.DELIVERED,
        "attempts": [_attempt(attempt) for attempt in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {**asdict(attempt), "at": iso(attempt.at)}


def _direct(out: Output, trial: Trial) -> bool:
    try:
        with progress(f"Sending to {trial.subscription.url}"):
            request, outcome = trial.send_from_here(policy(trial.target))
    except DoorbellError as error:
        fail(f"Nothing was sent: {error}")
    number = Attempt(
        1, now(), outcome.duration_ms, outcome.status, outcome.error, outcome.detail, outcome.response
    )
    out.say(f"{trial.subscription.url}, from this machine:")
    _say_attempt(out, number)
    names = sorted(header for header, _ in request.headers)
    sent = {"headers_sent": names, "bytes_sent": len(request.body)}
    out.document(
        {"url": request.url, "delivered": outcome.is_success, **sent, "attempts": [_attempt(number)]}
    )
    return outcome.is_success
