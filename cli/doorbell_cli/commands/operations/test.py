"""`doorbell test`: a signed test event to one subscription, and what came of it."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.domain.errors import ConfigError, DoorbellError
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.trial_jobs import MOST_WAIT_SECONDS, WAIT_SECONDS
from doorbell.domain.trials import EVENT_TYPE, WhyNot, advice, body_of, says_verified
from doorbell.runtime.admin_api import iso
from doorbell.store.items.models import load_subscription
from doorbell_cli.commands.configuration.items import existing, refuse_broken
from doorbell_cli.commands.operations.check_targets import missing
from doorbell_cli.commands.typed import refuse_typed
from doorbell_cli.configuration import SUBSCRIPTION, now, policy
from doorbell_cli.ops.jobs import ask_for_test
from doorbell_cli.ops.trying import VERIFIED, fate, why_not
from doorbell_cli.output import Exit, JsonOption, Output, fail, progress
from doorbell_cli.target import StackOption, Target, connected
from doorbell_cli.trial import Trial, trial_of

FOREGROUND_SECONDS = 60.0


def send_test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")],
    data: Annotated[str, typer.Option(help="The body, JSON.")] = '{"message":"a test from doorbell"}',
    event_type: Annotated[str, typer.Option("--type", help="The event's type.")] = EVENT_TYPE,
    wait: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=MOST_WAIT_SECONDS,
            help="Seconds to wait for the attempt. Without: 60, with --background 300.",
        ),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Retry it like any other delivery.")] = False,
    direct: Annotated[
        bool, typer.Option("--direct", help="Send from this machine instead, leaving no record.")
    ] = False,
    background: Annotated[
        bool,
        typer.Option("--background", help="Let the stack send it, and do not wait for it."),
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a signed test event to one subscription and show the answer; exit 1 unless it was delivered.

    It takes the real way: the deployed dispatcher signs and sends it and records the attempt. The
    subscription's filter is not asked, and no other subscription gets it.
    """
    if background and (retry or direct):
        fail("--background tries it once, by way of the stack. Leave out --retry and --direct.", Exit.USAGE)
    if direct:
        refuse_typed(context, ["retry", "wait"], "Leave it out: --direct tries once, and has the answer.")
    if background and wait is not None and not 1 <= wait <= MOST_WAIT_SECONDS:
        fail(f"With --background, --wait is from 1 to {MOST_WAIT_SECONDS:,.0f} seconds.", Exit.USAGE)
    try:
        content = json.loads(data)
        body_of(content)
    except ConfigError as error:
        raise typer.BadParameter(f"It {error.problem}.", param_hint="--data") from None
    except ValueError as error:
        raise typer.BadParameter(f"Not JSON: {error}", param_hint="--data") from None
    with connected(stack) as target:
        out = Output(as_json)
        subscription = _usable(target, name, direct)
        if background:
            seconds = WAIT_SECONDS if wait is None else wait
            ask_for_test(out, target, subscription, event_type, content, seconds)
            return
        trial = trial_of(target, subscription, event_type, content)
        seconds = FOREGROUND_SECONDS if wait is None else wait
        delivered = _direct(out, trial) if direct else _deployed(out, trial, seconds, retry)
    if not delivered:
        raise typer.Exit(int(Exit.PROBLEM))


def _usable(target: Target, name: str, direct: bool) -> Subscription:
    values = existing(target, SUBSCRIPTION, name).values
    refuse_broken(target, SUBSCRIPTION, values)
    subscription = load_subscription(values)
    if direct and subscription.has_target:
        fail("--direct sends to URLs. Leave it out: only the dispatcher may send to a target.", Exit.USAGE)
    if subscription.has_target and (gone := missing(target, subscription)):
        fail(f"Nothing was sent: {gone}")
    if not direct and (why := why_not(target, subscription)):
        fail(f"{why.said} {_instead(subscription, why.why)}")
    return subscription


def _instead(subscription: Subscription, why: WhyNot) -> str:
    if why is not WhyNot.PARKED:
        return f"{'Resume' if why is WhyNot.PAUSED else 'Enable'} it, or test it with --direct."
    enable = f"doorbell subscriptions enable {subscription.endpoint_id}"
    return f"`{enable}` gives it a clean record; --direct sends without asking for its record."


def _deployed(out: Output, trial: Trial, wait: float, retry: bool) -> bool:
    delivery = None
    try:
        with progress(f"Sending to {trial.subscription.url}"):
            trial.start()
            delivery = trial.wait(wait)
    finally:
        left = fate(trial, delivery, retry)
        if delivery is None:  # Ctrl-C, or AWS said no
            out.note(f"{trial.event.event_id}: {left}")
    if not delivery.attempts and not delivery.state.terminal:
        fail(f"No attempt within {wait:g} s; {left}. See: doorbell events show {trial.event.event_id}")
    out.say(f"{trial.subscription.url}: event {trial.event.event_id}")
    for attempt in delivery.attempts:
        _say_attempt(out, trial, attempt)
    if delivery.state is State.PENDING:
        out.say(f"  {left}")
    elif delivery.state is not State.DELIVERED:
        out.say(f"  {delivery.state.value}: {delivery.reason}")
    out.document(_document(trial, delivery))
    return delivery.state is State.DELIVERED


def _say_attempt(out: Output, trial: Trial, attempt: Attempt) -> None:
    delivered = attempt.is_success
    answer = str(attempt.status) if delivered else attempt.error or str(attempt.status)
    out.say(
        f"  {'✓' if delivered else '✗'} {answer} in {attempt.duration_ms} ms", "green" if delivered else "red"
    )
    for text in (attempt.detail, attempt.response):
        if text:
            out.say(f"    {text}")
    if told := advice(attempt):
        out.say(f"    {told}")
    if delivered:
        out.say(f"    {VERIFIED[says_verified(attempt, trial.event.event_id)]}")


def _document(trial: Trial, delivery: Delivery) -> dict[str, Any]:
    return {
        "event_id": trial.event.event_id,
        "subscription": trial.subscription.endpoint_id,
        "url": trial.subscription.url,
        "delivered": delivery.state is State.DELIVERED,
        "attempts": [_attempt(trial, attempt) for attempt in delivery.attempts],
    }


def _attempt(trial: Trial, attempt: Attempt) -> dict[str, Any]:
    verified = says_verified(attempt, trial.event.event_id)
    return {**asdict(attempt), "at": iso(attempt.at), "verified": verified}


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
    _say_attempt(out, trial, number)
    names = sorted(header for header, _ in request.headers)
    sent = {"headers_sent": names, "bytes_sent": len(request.body)}
    out.document(
        {"url": request.url, "delivered": outcome.is_success, **sent, "attempts": [_attempt(trial, number)]}
    )
    return outcome.is_success
