"""`doorbell sources …`: who may ring."""

from typing import Annotated, Any

import typer

from doorbell.signatures.catalogue import find
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
from doorbell_cli.commands.config_items import existing, refuse_broken, told, told_all, write
from doorbell_cli.commands.config_plan import Change
from doorbell_cli.configuration import SOURCE
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.secret_text import generate, store_new
from doorbell_cli.target import StackOption, Target, connected

sources = app_for(
    SOURCE,
    {"source": "source_id", "provider": "provider", "tenant": "tenant_id", "secrets": "secrets"},
    "Who may ring, and how they prove who they are.",
)

SourceName = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id: the end of the URL that rings.")]


@sources.command()
def put(
    name: Annotated[str | None, typer.Argument(metavar="SOURCE", help="Its id.")] = None,
    provider: Annotated[str | None, typer.Option(help="A name of `doorbell providers`.")] = None,
    secret: SecretRefOption = None,
    secret_stdin: SecretStdinOption = False,
    tenant: Annotated[str | None, typer.Option(help="Whose events these are.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="A provider's option, name=value.")] = None,
    public_url: Annotated[str | None, typer.Option(help="The URL as the provider knows it.")] = None,
    allow_cidr: Annotated[list[str] | None, typer.Option(help="Ring from here only; or preset:NAME.")] = None,
    content_type: Annotated[list[str] | None, typer.Option(help="Take these only.")] = None,
    max_body_bytes: Annotated[int | None, typer.Option(help="Refuse what is larger.")] = None,
    verify_token: Annotated[str | None, typer.Option(help="Reference, for handshakes that need it.")] = None,
    description: Annotated[str | None, typer.Option(help="For people.")] = None,
    unset: Annotated[list[str] | None, typer.Option(help="Drop this field.")] = None,
    file: FileOption = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a source, or change what is given of one that is there. With --file, write it as the file says."""
    one_of(name, file, "a source")
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
    with connected(stack) as target:
        out = Output(as_json)
        if file is not None:
            told_all(out, [write(target, SOURCE, values) for values in from_file(file, SOURCE)])
            return
        _put(out, target, str(name), fields, unset or [], secret_stdin)


def _put(
    out: Output, target: Target, name: str, fields: dict[str, Any], unset: list[str], secret_stdin: bool
) -> None:
    stored = SOURCE.table(target).get(name)
    before = stored.values if stored is not None else {}
    values = without({**before, "source_id": name, **fields}, unset, SOURCE)
    if secret_stdin:
        refuse_broken(target, SOURCE, {**values, "secrets": [config_rotate.UNSEEN]})
        reference = store_new(target, SOURCE.name, SOURCE.owner(values), secret_from_stdin())
        values["secrets"] = [reference]
    _told(out, target, write(target, SOURCE, values))


def _told(out: Output, target: Target, change: Change) -> None:
    url = f"{target.api_url}/in/{change.values['source_id']}"
    told(out, change, url=url)
    if change.verb == "create":
        out.say(f"  {change.values['provider']} rings at {url}")
        entry = find(str(change.values["provider"]))
        if entry is not None and entry.setup:
            out.say(f"  {entry.setup}")


@sources.command("rotate-secret")
def rotate_secret(
    name: SourceName,
    generated: Annotated[bool, typer.Option("--generate", help="Make one up, instead of stdin.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="The provider signs with the new one now.")
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a new secret from stdin and go on accepting the old one too, until --finish."""
    with connected(stack) as target:
        out = Output(as_json)
        stored = existing(target, SOURCE, name)
        if finish:
            config_rotate.finish(target, out, SOURCE, stored)
            return
        secret = generate("text")[0] if generated else secret_from_stdin()
        reference = config_rotate.begin(target, SOURCE, stored, secret)
        out.say(f"source {name}: takes both secrets now; the new one is {reference}")
        if generated:
            out.say(f"secret, shown this once: {secret}")
        out.say(f"When the provider signs with it: doorbell sources rotate-secret {name} --finish")
        shown = {"secret": secret} if generated else {}
        out.document({"action": "rotating", "source_id": name, "reference": reference, **shown})
