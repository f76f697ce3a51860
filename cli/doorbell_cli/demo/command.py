"""The demo's story: set up, ring three times, watch, and say whether all of it was true."""

from datetime import UTC, datetime
from typing import Any

import typer

from doorbell_cli.demo.ring import push_body, ring, signature
from doorbell_cli.demo.setup import GITHUB_SECRET, SOURCE_ID, new_signing_secret, put_source, put_subscription
from doorbell_cli.demo.subscriber import Subscriber, listening
from doorbell_cli.demo.watch import attempts, deliveries
from doorbell_cli.stack import LocalStack, Progress, StackError, local_stack

WATCH_SECONDS = 90.0


class Checks:
    """Prints each claim with a tick or a cross, and remembers whether one failed."""

    def __init__(self) -> None:
        self.failed = 0

    def say(self, claim: str, true: bool) -> None:
        self.failed += not true
        typer.echo(f"  {typer.style('✓', fg='green') if true else typer.style('✗', fg='red')} {claim}")


def demo() -> None:
    """Watch a signed GitHub push come in, be refused when forged, and be delivered with retries."""
    checks = Checks()
    try:
        with local_stack(Progress()) as stack:
            play(stack, checks)
    except StackError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    if checks.failed:
        typer.echo(f"\n{checks.failed} of the above did not hold.", err=True)
        raise typer.Exit(1)
    typer.echo("\nAll of it held. Next: `make local` keeps a stack running to play with.")


def play(stack: LocalStack, checks: Checks) -> None:
    ci = Subscriber(new_signing_secret())
    chat = Subscriber(new_signing_secret(), failures=2)
    with listening(ci), listening(chat):
        put_source(stack)
        put_subscription(stack, "ci", ci.url, ci.secret)
        put_subscription(stack, "chat", chat.url, chat.secret)
        typer.echo(
            f"\nSource {SOURCE_ID} and the subscriptions ci and chat are set up; chat will fail twice.\n"
        )
        event_id = _ring(stack, checks)
        _follow(stack, event_id)
        _verdict(stack, checks, event_id, ci, chat)


def _ring(stack: LocalStack, checks: Checks) -> str:
    url, body = f"{stack.api_url}/in/{SOURCE_ID}", push_body(stack.root)
    signed = signature(GITHUB_SECRET, body)
    typer.echo(f"GitHub pushes {len(body)} bytes to /in/{SOURCE_ID}")
    good = ring(url, body, signed)
    checks.say(f"signed as GitHub signs: {good.status}, event {good.event_id}", good.status == 202)
    forged = ring(url, body.replace(b"Oil the hinge", b"0il the hinge"), signed)
    checks.say(f"forged, one letter changed: {forged.status} {forged.body}", forged.status == 401)
    unsigned = ring(url, body, None)
    checks.say(f"not signed: {unsigned.status} {unsigned.body}", unsigned.status == 401)
    return good.event_id


def _follow(stack: LocalStack, event_id: str) -> None:
    typer.echo("\nAttempts, as DynamoDB records them")
    for subscription_id, attempt in attempts(stack, event_id, 2, WATCH_SECONDS):
        typer.echo(
            f"  {_clock(attempt)}  {subscription_id:<5} attempt {attempt['number']}: {_result(attempt)}"
        )


def _verdict(stack: LocalStack, checks: Checks, event_id: str, ci: Subscriber, chat: Subscriber) -> None:
    typer.echo("\nAt the subscribers")
    for name, subscriber, wanted in (("ci", ci, [204]), ("chat", chat, [500, 500, 204])):
        answered = [request.answered for request in subscriber.received]
        checks.say(f"{name} answered {answered}", answered == wanted)
        verified = all(request.verified for request in subscriber.received) and bool(answered)
        checks.say(f"{name} verified every signature with the standardwebhooks library", verified)
        same = {request.webhook_id for request in subscriber.received} == {event_id}
        checks.say(f"{name} saw one webhook-id, {event_id}", same)
        unchanged = all(request.body == push_body(stack.root) for request in subscriber.received)
        checks.say(f"{name} got GitHub's bytes unchanged", unchanged)
    typer.echo("\nIn DynamoDB")
    states = {item["sk"].removeprefix("delivery#"): item for item in deliveries(stack, event_id)}
    for name, count in (("ci", 1), ("chat", 3)):
        item: dict[str, Any] = states.get(name, {"state": "missing", "attempts": []})
        claim = f"{name}: {item['state']} after {len(item['attempts'])} attempt(s)"
        checks.say(claim, item["state"] == "delivered" and len(item["attempts"]) == count)
    total = stack.client("dynamodb").scan(
        TableName=stack.outputs["EventsTableName"],
        FilterExpression="sk = :event",
        ExpressionAttributeValues={":event": {"S": "event"}},
        Select="COUNT",
    )["Count"]
    checks.say(f"{total} event on record: what was not proven left no trace", total == 1)


def _clock(attempt: dict[str, Any]) -> str:
    return datetime.fromtimestamp(float(attempt["at"]), UTC).strftime("%H:%M:%S.%f")[:-3]


def _result(attempt: dict[str, Any]) -> str:
    answer = attempt.get("status") or attempt.get("error")
    return f"{answer} in {attempt['duration_ms']} ms"
