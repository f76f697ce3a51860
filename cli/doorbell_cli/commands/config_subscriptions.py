"""`doorbell subscriptions …`: who wants what, where to, how."""

from typing import Annotated, Any

import typer

from doorbell_cli.commands import config_rotate
from doorbell_cli.commands.config_app import app_for
from doorbell_cli.commands.config_flags import (
    FileOption,
    SecretRefOption,
    SecretStdinOption,
    from_file,
    given_only,
    one_of,
    pairs,
    secret_from_stdin,
    without,
)
from doorbell_cli.commands.config_items import existing, key_from, refuse_broken, told, told_all, write
from doorbell_cli.commands.config_preview import preview
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.secret_text import generate, store_new
from doorbell_cli.target import StackOption, Target, connected

subscriptions = app_for(
    SUBSCRIPTION,
    {"tenant": "tenant_id", "subscription": "subscription_id", "url": "url", "event types": "event_types"},
    "Who wants which events, where to, how.",
)
subscriptions.command()(preview)

SubscriptionName = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")]


@subscriptions.command()
def put(
    name: Annotated[str | None, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")] = None,
    url: Annotated[str | None, typer.Option(help="Where deliveries go.")] = None,
    event_type: Annotated[list[str] | None, typer.Option(help="A glob, `invoice.*`.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Events of this source only.")] = None,
    filter: Annotated[str | None, typer.Option(help="JMESPath over {event, body, headers}.")] = None,
    transform: Annotated[str | None, typer.Option(help="JMESPath that makes the body.")] = None,
    body: Annotated[str | None, typer.Option(help="raw or cloudevents.")] = None,
    secret: SecretRefOption = None,
    secret_stdin: SecretStdinOption = False,
    signing: Annotated[str | None, typer.Option(help="standard, standard-ed25519, github or none.")] = None,
    header: Annotated[list[str] | None, typer.Option(help="`name: value`, added to each.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for a whole attempt.")] = None,
    retry_preset: Annotated[str | None, typer.Option(help="Name of a schedule.")] = None,
    retry_schedule: Annotated[str | None, typer.Option(help="Seconds before each attempt: 0,5,300.")] = None,
    rate_limit: Annotated[float | None, typer.Option(help="Most deliveries a second.")] = None,
    max_in_flight: Annotated[int | None, typer.Option(help="Most deliveries at once.")] = None,
    description: Annotated[str | None, typer.Option(help="For people.")] = None,
    unset: Annotated[list[str] | None, typer.Option(help="Drop this field.")] = None,
    file: FileOption = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a subscription, or change what is given of one that is there. A new one gets a new signing
    secret unless you name one. With --file, write it as the file says."""
    one_of(name, file, "a subscription")
    fields = given_only(
        url=url,
        event_types=event_type,
        sources=source,
        filter=filter,
        transform=transform,
        body=body,
        secrets=secret,
        signing=signing,
        headers=pairs("--header", header, ":"),
        timeout_seconds=timeout,
        retry=_retry(retry_preset, retry_schedule),
        rate_limit_per_second=rate_limit,
        max_in_flight=max_in_flight,
        description=description,
    )
    with connected(stack) as target:
        out = Output(as_json)
        if file is not None:
            told_all(out, [write(target, SUBSCRIPTION, values) for values in from_file(file, SUBSCRIPTION)])
            return
        _put(out, target, str(name), fields, unset or [], secret_stdin)


def _put(
    out: Output, target: Target, name: str, fields: dict[str, Any], unset: list[str], secret_stdin: bool
) -> None:
    key = key_from(SUBSCRIPTION, name)
    stored = SUBSCRIPTION.table(target).get(*key)
    before = stored.values if stored is not None else {}
    own_key = dict(zip(SUBSCRIPTION.key, key, strict=True))
    values = without({**before, **own_key, **fields}, unset, SUBSCRIPTION)
    signing = str(values.get("signing", "standard"))
    shown: dict[str, str] = {}
    if secret_stdin or (not values.get("secrets") and signing != "none"):
        refuse_broken(target, SUBSCRIPTION, {**values, "secrets": [config_rotate.UNSEEN]})
        secret, text, title = (secret_from_stdin(), "", "") if secret_stdin else generate(signing)
        values["secrets"] = [store_new(target, SUBSCRIPTION.name, SUBSCRIPTION.owner(values), secret)]
        shown = {title.replace(" ", "_"): text} if title else {}
    told(out, write(target, SUBSCRIPTION, values), **shown)
    for title, text in shown.items():
        out.say(f"  {title.replace('_', ' ')} for the subscriber, shown this once: {text}")


def _retry(preset: str | None, schedule: str | None) -> dict[str, Any] | None:
    if preset is not None:
        return {"preset": preset}
    if schedule is None:
        return None
    try:
        return {"schedule": [float(part) for part in schedule.split(",")]}
    except ValueError:
        raise typer.BadParameter("must be seconds, 0,5,300", param_hint="--retry-schedule") from None


@subscriptions.command("rotate-secret")
def rotate_secret(
    name: SubscriptionName,
    secret_stdin: SecretStdinOption = False,
    finish: Annotated[bool, typer.Option("--finish", help="The subscriber has the new one.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new secret and sign with it and the old one, until --finish."""
    with connected(stack) as target:
        out = Output(as_json)
        stored = existing(target, SUBSCRIPTION, name)
        if finish:
            config_rotate.finish(target, out, SUBSCRIPTION, stored)
            return
        signing = str(stored.values.get("signing", "standard"))
        secret, text, title = (secret_from_stdin(), "", "") if secret_stdin else generate(signing)
        reference = config_rotate.begin(target, SUBSCRIPTION, stored, secret)
        if signing == "github":
            out.note('signing "github" has room for one signature: the new secret signs from now on')
        out.say(f"{SUBSCRIPTION.label(stored.values)}: signs with both; the new one is {reference}")
        if title:
            out.say(f"{title} for the subscriber, shown this once: {text}")
        out.say(f"When the subscriber has it: doorbell subscriptions rotate-secret {name} --finish")
        shown = {title.replace(" ", "_"): text} if title else {}
        out.document({"action": "rotating", "subscription": name, "reference": reference, **shown})
