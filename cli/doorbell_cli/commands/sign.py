"""`doorbell sign`: a request as the provider would send it."""

import base64
import json
import os
import shlex
import time
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from doorbell.domain.errors import DoorbellError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.catalogue import find
from doorbell.signatures.signing.request import sign_request
from doorbell_cli.commands.body import body_of
from doorbell_cli.commands.configuration.flags import pairs
from doorbell_cli.commands.headers import headers_of
from doorbell_cli.commands.providers import no_such_provider

MAX_STAMP = 253_402_300_799


def sign(
    provider: Annotated[str, typer.Option(help="A name of `doorbell providers`.")],
    url: Annotated[str, typer.Option(help="The URL to call, as the provider knows it.")],
    body: Annotated[str, typer.Option(help="The body, or @FILE.")] = "{}",
    secret: Annotated[
        str | None,
        typer.Option(help="Better: the environment's DOORBELL_SECRET, which no process list shows."),
    ] = None,
    method: Annotated[str, typer.Option(help="Of the request.")] = "POST",
    header: Annotated[list[str] | None, typer.Option(help="More headers, `name: value`.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="The source's options, name=value.")] = None,
    scheme: Annotated[str | None, typer.Option(help='The scheme for provider "hmac", JSON.')] = None,
    at: Annotated[
        float | None,
        typer.Option(help="Epoch seconds; now if not given.", min=0, max=MAX_STAMP),
    ] = None,
    output: Annotated[str, typer.Option(help="curl, or event for `sam local invoke -e`.")] = "curl",
) -> None:
    """Print a correctly signed request."""
    key = secret or os.environ.get("DOORBELL_SECRET")
    if not key:
        raise typer.BadParameter("Add --secret or set DOORBELL_SECRET.")
    if scheme is not None and provider != "hmac":
        raise typer.BadParameter("Goes with --provider hmac.", param_hint="--scheme")
    if output not in ("curl", "event"):
        raise typer.BadParameter("Must be curl or event.", param_hint="--output")
    try:
        request = sign_request(
            provider,
            key,
            method=method,
            url=_whole(url),
            body=body_of(body),
            headers={"content-type": "application/json", **headers_of(header)},
            now=time.time() if at is None else at,
            options=_options(provider, option),
            scheme=_scheme(scheme),
        )
    except (DoorbellError, LookupError, ValueError, OverflowError) as error:
        typer.echo(f"error: Cannot sign: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(as_curl(request) if output == "curl" else json.dumps(as_event(request), indent=2))


def _whole(url: str) -> str:
    try:
        whole = urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname
    except ValueError:
        whole = None
    if not whole:
        raise typer.BadParameter("Must be a whole URL: https://…", param_hint="--url")
    return url


def _options(provider: str, given: list[str] | None) -> dict[str, str]:
    """Those that a source of this provider may have."""
    entry = find(provider)
    if entry is None:
        no_such_provider(provider)
    found = pairs("--option", given) or {}
    for name in found:
        if name not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise typer.BadParameter(
                f"{provider} has no option {name}. Known are: {known}.", param_hint="--option"
            )
    return found


def _scheme(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"Not JSON: {error}", param_hint="--scheme") from None


def as_curl(request: RawRequest) -> str:
    """A shell line; a body that is no text comes through base64."""
    headers = " ".join(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers.items())
    end = f"curl -i -X {request.method} {headers} --data-binary @- {shlex.quote(request.url)}"
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return f"base64 -d <<< {base64.b64encode(request.body).decode()} | {end}"
    return f"printf %s {shlex.quote(text)} | {end}"


def as_event(request: RawRequest) -> dict[str, Any]:
    """The event of API Gateway's HTTP API, payload format 2.0."""
    host = request.url.split("/")[2]
    return {
        "version": "2.0",
        "routeKey": "ANY /in/{source_id}",
        "rawPath": request.path,
        "rawQueryString": request.raw_query,
        "headers": {"host": host, **request.headers},
        "requestContext": {
            "domainName": host,
            "http": {"method": request.method, "path": request.path, "sourceIp": request.source_ip},
            "requestId": "local",
            "stage": "$default",
        },
        "pathParameters": {"source_id": request.path.rpartition("/")[2]},
        "body": base64.b64encode(request.body).decode(),
        "isBase64Encoded": True,
    }
