"""`doorbell ring`: rings at a source of the local stack as its provider would."""

import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from doorbell.domain.errors import DoorbellError
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.signing.request import sign_request
from doorbell.store.items.models import load_source
from doorbell_cli.commands.body import body_of
from doorbell_cli.commands.configuration.items import existing, refuse_broken
from doorbell_cli.commands.headers import headers_of
from doorbell_cli.configuration import SOURCE, secret_store
from doorbell_cli.ops.kept import read
from doorbell_cli.ops.samples import Sample, SampleError, as_new, sample_of
from doorbell_cli.output import Exit, JsonOption, Output, fail
from doorbell_cli.target import Target, connected

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: str
    event_id: str


def ring(
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="Its id.")],
    event: Annotated[
        str | None, typer.Option(help="The event's type, written where the provider does.")
    ] = None,
    body: Annotated[
        str | None, typer.Option(help="The body, {} by default; @FILE reads it from a file, @- from stdin.")
    ] = None,
    header: Annotated[list[str] | None, typer.Option(help="More headers, `name: value`.")] = None,
    kept: Annotated[
        Path | None, typer.Option(help="Body and headers of a file that `listen --keep` wrote.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ring at a source of the local stack: signed with the source's own secret, as its provider signs.

    Exit 1 unless the event was accepted.
    """
    if kept is not None and body is not None:
        raise typer.BadParameter("Name a --body or a --kept request, one of the two.", param_hint="--kept")
    given = sys.stdin.buffer.read() if body == "@-" else body_of("{}" if body is None else body)
    with connected(None) as target:
        out = Output(as_json)
        stored = existing(target, SOURCE, name)
        refuse_broken(target, SOURCE, stored.values)
        source = load_source(stored.values)
        try:
            more = headers_of(header)
            if kept is not None:
                theirs, given = read(kept).rung
                more = {**as_new(source, theirs), **more}
            sample = sample_of(source, event, given, more)
            request = _signed(target, source, sample)
        except (SampleError, DoorbellError, LookupError, ValueError) as error:
            fail(f"Cannot ring at {name}: {error}")
        answered = _send(f"{target.api_url}/in/{name}", request)
        _say(out, name, answered)
    if not 200 <= answered.status < 300:
        raise typer.Exit(int(Exit.PROBLEM))


def _signed(target: Target, source: Source, sample: Sample) -> RawRequest:
    if not source.secrets:
        raise SampleError("it has no secret to sign with")
    (secret,) = secret_store(target).resolve(source.secrets[:1], owner={"source_id": source.source_id})
    return sign_request(
        source.provider,
        secret,
        url=source.public_url or f"{target.api_url}/in/{source.source_id}",
        body=sample.body,
        headers=sample.headers,
        now=time.time(),
        options=source.options,
        scheme=source.scheme,
    )


def _send(url: str, request: RawRequest) -> Answered:
    whole = f"{url}?{request.raw_query}" if request.raw_query else url
    call = urllib.request.Request(
        whole, data=request.body, headers=dict(request.headers), method=request.method
    )
    try:
        with urllib.request.urlopen(call, timeout=TIMEOUT_SECONDS) as answer:
            text = answer.read().decode("utf-8", "replace")
            return Answered(answer.status, text, answer.headers.get("doorbell-event-id", ""))
    except urllib.error.HTTPError as error:
        return Answered(error.code, error.read().decode("utf-8", "replace"), "")
    except OSError as error:
        fail(f"The local stack did not answer: {error}", Exit.AWS)


def _say(out: Output, name: str, answered: Answered) -> None:
    if answered.event_id:
        out.say(f"{name} answered {answered.status}: event {answered.event_id}", "green")
        out.say(f"What became of it: doorbell events show {answered.event_id}")
    else:
        style = "green" if 200 <= answered.status < 300 else "red"
        out.say(f"{name} answered {answered.status}: {answered.body}", style)
    out.document({"status": answered.status, "event_id": answered.event_id or None, "body": answered.body})
