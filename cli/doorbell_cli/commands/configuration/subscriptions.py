"""`doorbell subscriptions …`: who wants what, where to, how."""

from typing import Annotated, Any

import typer

from doorbell.domain.presets import signing_of
from doorbell_cli.commands.configuration import pausing
from doorbell_cli.commands.configuration.flags import (
    DescriptionOption,
    FileOption,
    SecretRefOption,
    SecretStdinOption,
    UnsetOption,
    given_only,
    pairs,
    secret_from_stdin,
)
from doorbell_cli.commands.configuration.kind_app import app_for
from doorbell_cli.commands.configuration.preview import preview
from doorbell_cli.commands.configuration.put import Put, refuse_flags_beside_a_file
from doorbell_cli.commands.configuration.retry_flags import (
    GiveUpOnOption,
    IgnoresOption,
    OnlyOnOption,
    PresetOption,
    ScheduleOption,
    into_retry,
    retry_of,
)
from doorbell_cli.commands.configuration.rotate import Rotation, rotate
from doorbell_cli.commands.configuration.subscription_secrets import warn_of_secret, write_with_secret
from doorbell_cli.commands.configuration.trust import trust_policy
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.in_force import by_json
from doorbell_cli.ops.rotation import why_none_is_made
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail
from doorbell_cli.secret_text import generate
from doorbell_cli.target import StackOption, Target

subscriptions = app_for(
    SUBSCRIPTION,
    {
        "tenant": "tenant_id",
        "subscription": "subscription_id",
        "url": "url",
        "target": "target",
        "event types": "event_types",
    },
    "Who wants which events, where to, how.",
)
subscriptions.command()(preview)
subscriptions.command("trust-policy")(trust_policy)

SubscriptionName = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")]


@subscriptions.command()
def put(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")] = None,
    url: Annotated[str | None, typer.Option(help="Where deliveries go.")] = None,
    to: Annotated[
        str | None,
        typer.Option("--target", help="Or the ARN of a queue, topic, bus, function, stream, … of AWS."),
    ] = None,
    invoke: Annotated[
        str | None, typer.Option(help="Of a function: async, or sync: its answer is the outcome.")
    ] = None,
    target_key: Annotated[
        str | None, typer.Option(help="Of an object or a record: a template, as `{type}/{id}`.")
    ] = None,
    role: Annotated[
        str | None, typer.Option(help="ARN of the role to assume for the target; see trust-policy.")
    ] = None,
    large: Annotated[
        str | None, typer.Option(help="s3-link: what is too large for the target goes as a pointer.")
    ] = None,
    event_type: Annotated[
        list[str] | None, typer.Option(help="Only types that this glob matches: `invoice.*`.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only events of this source.")] = None,
    filter: Annotated[str | None, typer.Option(help="JMESPath over {event, body, headers}.")] = None,
    transform: Annotated[str | None, typer.Option(help="JMESPath that makes the body.")] = None,
    body: Annotated[str | None, typer.Option(help="raw or cloudevents.")] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="Send a message for people: slack, teams, discord, pagerduty or email-text."),
    ] = None,
    secret: SecretRefOption = None,
    secret_stdin: SecretStdinOption = False,
    signing: Annotated[str | None, typer.Option(help="standard, standard-ed25519, github or none.")] = None,
    provider_signature: Annotated[
        str | None, typer.Option(help="keep, or strip: what proves the provider's request stays here.")
    ] = None,
    header: Annotated[list[str] | None, typer.Option(help="`name: value`, added to each delivery.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for a whole attempt.")] = None,
    retry_preset: PresetOption = None,
    retry_schedule: ScheduleOption = None,
    give_up_on: GiveUpOnOption = None,
    retry_only_on: OnlyOnOption = None,
    breaker_ignores: IgnoresOption = None,
    rate_limit: Annotated[float | None, typer.Option(help="At most this many deliveries a second.")] = None,
    max_in_flight: Annotated[int | None, typer.Option(help="At most this many deliveries at once.")] = None,
    description: DescriptionOption = None,
    unset: UnsetOption = None,
    file: FileOption = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a subscription, or change the given fields of an existing one. A new one gets a new signing
    secret unless you name one. With --file, write it as the file says."""
    refuse_flags_beside_a_file(context)
    fields = given_only(
        url=url,
        target=to,
        invoke=invoke,
        target_key=target_key,
        role_arn=role,
        large=large,
        event_types=event_type,
        sources=source,
        filter=filter,
        transform=transform,
        body=body,
        preset=preset,
        secrets=secret,
        signing=signing,
        provider_signature=provider_signature,
        headers=pairs("--header", header, ":"),
        timeout_seconds=timeout,
        retry=retry_of(retry_preset, retry_schedule, give_up_on, retry_only_on, breaker_ignores),
        rate_limit_per_second=rate_limit,
        max_in_flight=max_in_flight,
        description=description,
    )

    def finish(out: Output, target: Target, values: dict[str, Any]) -> None:
        write_with_secret(out, target, values, secret_stdin, named=bool(secret))

    Put(SUBSCRIPTION, name, file, fields, unset, stack, as_json, into_retry).run(finish)


pausing.register(subscriptions)


@subscriptions.command("rotate-secret")
def rotate_secret(
    context: typer.Context,
    name: SubscriptionName,
    secret_stdin: SecretStdinOption = False,
    finish: Annotated[bool, typer.Option("--finish", help="The subscriber has the new one.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new secret and sign with both until --finish."""

    def begin(under_way: Rotation) -> None:
        out, values = under_way.out, under_way.stored.values
        if not secret_stdin and (why := why_none_is_made(values)):
            fail(f"{SUBSCRIPTION.label(values)}: {why}", Exit.USAGE)
        signing = signing_of(values)
        secret, text, title = (secret_from_stdin(), "", "") if secret_stdin else generate(signing)
        reference, by = under_way.begin(secret)
        if signing == "github":
            out.note('signing "github" has room for one signature: only the new secret signs.')
        label = SUBSCRIPTION.label(values)
        out.say(f"{label}: signs with both secrets by {clock(by)} UTC. The new one is {reference}")
        if title:
            out.say(f"{title} for the subscriber, shown only this once: {text}")
        else:
            warn_of_secret(out, values, secret)
        out.say(f"When the subscriber has it, run: doorbell subscriptions rotate-secret {name} --finish")
        shown = {title.replace(" ", "_"): text} if title else {}
        out.document(
            {"action": "rotating", "subscription": name, "reference": reference, **by_json(by), **shown}
        )

    rotate(context, SUBSCRIPTION, name, begin, finish=finish, stack=stack, as_json=as_json)
