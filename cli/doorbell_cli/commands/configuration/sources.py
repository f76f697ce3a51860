"""`doorbell sources …`: who may ring."""

from typing import Annotated, Any

import typer

from doorbell.signatures.catalogue import find
from doorbell_cli.commands.configuration import pausing
from doorbell_cli.commands.configuration.detect import detect
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
from doorbell_cli.commands.configuration.items import told, write
from doorbell_cli.commands.configuration.kind_app import app_for
from doorbell_cli.commands.configuration.put import Put, keep_secret, refuse_flags_beside_a_file
from doorbell_cli.commands.configuration.rotate import Rotation, rotate
from doorbell_cli.configuration import SOURCE, found_in, policy
from doorbell_cli.ops.in_force import by_json
from doorbell_cli.output import JsonOption, Output, clock
from doorbell_cli.providers.limits import limits_of
from doorbell_cli.providers.texts import wants_two_secrets
from doorbell_cli.secret_text import generate
from doorbell_cli.target import StackOption, Target

sources = app_for(
    SOURCE,
    {"source": "source_id", "provider": "provider", "tenant": "tenant_id", "secrets": "secrets"},
    "Who may ring, and how they prove who they are.",
)

sources.command("detect")(detect)
pausing.register_of_sources(sources)

SourceName = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id: the last part of its URL.")]


@sources.command()
def put(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="SOURCE", help="Its id.")] = None,
    provider: Annotated[str | None, typer.Option(help="A name of `doorbell providers`.")] = None,
    secret: SecretRefOption = None,
    secret_stdin: SecretStdinOption = False,
    tenant: Annotated[str | None, typer.Option(help="The tenant that its events belong to.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="A provider's option, name=value.")] = None,
    public_url: Annotated[str | None, typer.Option(help="The URL as the provider knows it.")] = None,
    allow_cidr: Annotated[
        list[str] | None, typer.Option(help="Accept requests only from these addresses; or preset:NAME.")
    ] = None,
    content_type: Annotated[list[str] | None, typer.Option(help="Accept only these content types.")] = None,
    max_body_bytes: Annotated[int | None, typer.Option(help="Refuse larger bodies.")] = None,
    verify_token: Annotated[
        str | None, typer.Option(help="Reference to the token of handshakes that need one.")
    ] = None,
    description: DescriptionOption = None,
    unset: UnsetOption = None,
    file: FileOption = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a source, or change the given fields of an existing one. With --file, write it as
    the file says."""
    refuse_flags_beside_a_file(context)
    fields = given_only(
        provider=provider,
        secrets=secret,
        tenant_id=tenant,
        options=pairs("--option", option),
        public_url=public_url,
        allowed_cidrs=allow_cidr,
        content_types=content_type,
        max_body_bytes=max_body_bytes,
        verify_token_ref=verify_token,
        description=description,
    )

    def finish(out: Output, target: Target, values: dict[str, Any]) -> None:
        if secret_stdin:
            keep_secret(target, SOURCE, values, secret_from_stdin)
        elif not values.get("secrets"):
            _note_how_secrets_come(out, target, values)
        _write(out, target, values)

    Put(SOURCE, name, file, fields, unset, stack, as_json).run(finish)


def _note_how_secrets_come(out: Output, target: Target, values: dict[str, Any]) -> None:
    """Where one is missing: the refusal that follows says so, and not how it is given here."""
    if any(problem.field == "secrets" for problem in found_in(SOURCE, values, policy(target))):
        out.note("Add --secret-stdin to type or pipe the secret in, or --secret with a reference to it.")


def _write(out: Output, target: Target, values: dict[str, Any]) -> None:
    change = write(target, SOURCE, values)
    url = f"{target.api_url}/in/{change.values['source_id']}"
    told(out, change, url=url)
    entry = find(str(change.values["provider"]))
    if change.verb == "create":
        out.say(f"  {change.values['provider']} rings at {url}")
        if entry is not None and entry.setup:
            out.say(f"  {entry.setup}")
    for limit in limits_of(change.values.get("scheme")):
        out.note(f"warning: {limit}")
    if entry is not None and entry.proof == "third-party":
        out.note(
            f"warning: How {entry.title} signs is known from third parties' code only. Let it send a test "
            "event before you rely on it."
        )
    if entry is not None and wants_two_secrets(entry) and len(change.values.get("secrets", ())) < 2:
        out.note(f"warning: {entry.title} needs a second secret. Give the source {entry.secret}.")


@sources.command("rotate-secret")
def rotate_secret(
    context: typer.Context,
    name: SourceName,
    generated: Annotated[
        bool, typer.Option("--generate", help="Generate a secret instead of reading one from stdin.")
    ] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="The provider signs with the new one now.")
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a new secret from stdin and accept it beside the old one until --finish."""

    def begin(under_way: Rotation) -> None:
        secret = generate("text")[0] if generated else secret_from_stdin()
        (reference, by), out = under_way.begin(secret), under_way.out
        out.say(f"source {name}: accepts both secrets by {clock(by)} UTC. The new one is {reference}")
        if generated:
            out.say(f"The secret, shown only this once: {secret}")
        out.say(f"When the provider signs with it, run: doorbell sources rotate-secret {name} --finish")
        shown = {"secret": secret} if generated else {}
        out.document(
            {"action": "rotating", "source_id": name, "reference": reference, **by_json(by), **shown}
        )

    rotate(context, SOURCE, name, begin, finish=finish, stack=stack, as_json=as_json)
