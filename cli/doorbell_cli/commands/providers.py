"""`doorbell providers`: the catalogue, for people."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.scheme import NEVER, Scheme

providers = typer.Typer(help="The providers that Doorbell can verify.", invoke_without_command=True)


@providers.callback()
def table(
    context: typer.Context,
    markdown: Annotated[bool, typer.Option("--markdown", help="The README's table.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the catalogue."""
    if context.invoked_subcommand is not None:
        return
    entries = [entry for name in names() if (entry := find(name)) is not None]
    if as_json:
        typer.echo(json.dumps([described(entry) for entry in entries]))
    elif markdown:
        typer.echo(as_markdown(entries))
    else:
        view = Table("name", "provider", "proof", "dedupe", "event type")
        for entry in entries:
            view.add_row(entry.name, entry.title, proof(entry), dedupe(entry), event_type(entry))
        Console().print(view)


@providers.command()
def show(name: str) -> None:
    """Explain one provider: what to paste where, and how sure we are."""
    entry = find(name)
    if entry is None:
        typer.echo(f"no such provider: {name}; `doorbell providers` lists them", err=True)
        raise typer.Exit(1)
    for title, value in described(entry).items():
        if value:
            typer.echo(f"{title:14} {_lines(value)}")


def described(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "provider": entry.title,
        "documentation": entry.docs,
        "proof": proof(entry),
        "secret": entry.secret,
        "setup": entry.setup,
        "options": {name: _option(option.meaning, option.required) for name, option in entry.options.items()},
        "methods": " ".join(entry.methods),
        "dedupe": dedupe(entry),
        "event type": event_type(entry),
        "handshakes": ", ".join(name.replace("_", " ") for name in (*entry.unsigned, *entry.signed)),
        "answer": _answer(entry),
        "remembered": f"{entry.window_hours or 168} hours",
        "known from": dict(entry.facts),
    }


def proof(entry: Entry) -> str:
    """The scheme in a few words."""
    if entry.scheme is not None:
        return scheme_text(entry.scheme)
    if entry.special == "token":
        return _token_text(entry)
    parameters = entry.parameters
    texts = {
        "bearer": "token in Authorization: Bearer or the query",
        "declared": "as the source's scheme says",
        "jwt_request": f"JWT ({parameters.get('algorithms', 'as set')}) in `{parameters.get('header', '…')}`",
        "twilio": f"HMAC-SHA1 of URL and form in {parameters.get('header', '')}",
        "adyen": "HMAC-SHA256 in each item, or of the body",
        "braintree": "HMAC-SHA1 of bt_payload",
        "contentful": "HMAC-SHA256 of method, path, headers, body",
        "mailgun": "HMAC-SHA256 of time and token",
        "plivo": "HMAC-SHA256 of URL, nonce (and form)",
        "linear": "HMAC-SHA256 of the body, which holds its time",
        "asana": "HMAC-SHA256 of the body, key by handshake",
        "graph": "clientState in each item",
        "paypal": "RSA-SHA256, certificate by URL",
        "sns": "RSA, certificate by URL",
    }
    return texts[entry.special]


def scheme_text(scheme: Scheme) -> str:
    where = f"`{scheme.signature.headers[0]}`" if scheme.signature.headers else f"?{scheme.signature.query}"
    parts = " + ".join(_part(part) for part in scheme.message)
    text = f"{scheme.algorithm.upper()} of {parts}, {scheme.signature.encoding}, in {where}"
    tolerance = scheme.timestamp.tolerance if scheme.timestamp else NEVER
    return text if tolerance >= NEVER else f"{text}, ±{tolerance} s"


def _part(part: str) -> str:
    kind, _, argument = part.partition(":")
    if kind == "text":
        return f'"{argument}"'
    return argument.split("|")[0] if kind == "header" else part


def _token_text(entry: Entry) -> str:
    if entry.parameters.get("basic"):
        return "HTTP Basic"
    if entry.parameters.get("body"):
        return f"token in the body's `{entry.parameters['body']}`"
    if "query" in entry.options:
        return "secret in the URL's query"
    return f"token in `{entry.parameters.get('header') or entry.options['header'].default}`"


def dedupe(entry: Entry) -> str:
    return " + ".join(_locator(one) for one in entry.dedupe) or "hash of the body"


def event_type(entry: Entry) -> str:
    return " + ".join(_locator(one) for one in entry.event_type) or "none"


def _locator(locator: str) -> str:
    kind, _, argument = locator.partition(":")
    argument = argument.split("|")[0]
    said = {
        "text": f'"{argument}"',
        "first-key": "the key that is present",
        "list": f"body {argument}, all",
        "hash": "hash of the body",
        "each": "none: each is an event",
    }
    return said.get(kind, f"{kind} {argument}")


def _answer(entry: Entry) -> str:
    limit = f" within {entry.ack.limit_seconds:g} s" if entry.ack.limit_seconds else ""
    return f"{entry.ack.status}{limit}"


def _option(meaning: str, required: bool) -> str:
    return f"{meaning} (required)" if required else meaning


def _lines(value: object) -> str:
    if isinstance(value, dict):
        return ("\n" + " " * 15).join(f"{key}: {text}" for key, text in value.items())
    return str(value)


def as_markdown(entries: list[Entry]) -> str:
    rows = ["| provider | name | proof | delivery key | answer |", "|---|---|---|---|---|"]
    rows += [
        f"| [{entry.title}]({entry.docs}) | `{entry.name}` | {proof(entry)} | {dedupe(entry)} "
        f"| {_answer(entry)} |"
        for entry in entries
    ]
    return "\n".join(rows)
