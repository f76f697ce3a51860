"""`doorbell sources detect`: whose a captured request can be."""

import sys
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from doorbell_cli.commands.body import body_of
from doorbell_cli.commands.configuration.flags import SecretStdinOption, pairs, secret_from_stdin
from doorbell_cli.output import Exit, JsonOption, Output, Styled, fail
from doorbell_cli.providers.captured import Captured, NoRequest, read
from doorbell_cli.providers.detecting import PROVEN, Candidate, candidates, unknown_proofs

SHOWN = 8
STDIN = Path("-")
WORDS = {
    "key_unavailable": "its key is fetched from the provider, which is not done here",
    "signature_mismatch": "the signature is of another secret or another body",
}


def detect(
    file: Annotated[
        Path,
        typer.Argument(
            help="The request: headers, an empty line and the body; or JSON with `headers` and `body`, as"
            " API Gateway and `doorbell refused show --json` have it. - is stdin.",
        ),
    ],
    body: Annotated[
        str | None, typer.Option(help="The body, or @FILE, if the file has only headers.")
    ] = None,
    url: Annotated[str, typer.Option(help="The URL that was called, as the provider knows it.")] = "",
    secret_stdin: SecretStdinOption = False,
    option: Annotated[list[str] | None, typer.Option(help="A provider's option, name=value.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which providers' a captured request can be, and what is missing to verify it.

    With --secret-stdin each of them is tried, whatever the age of the request.
    """
    if secret_stdin and file == STDIN:
        fail("Stdin has the request. Save it in a file to give the secret on stdin.", Exit.USAGE)
    captured = _captured(file, body, url)
    secret = secret_from_stdin() if secret_stdin else ""
    found = candidates(captured, time.time(), secret, pairs("--option", option))
    if secret and any(one.verdict == PROVEN for one in found):
        found = [one for one in found if one.verdict == PROVEN]
    out = Output(as_json)
    if not found:
        _fail_for(captured)
    rows = [(one.entry.name, one.entry.title, _because(one), _lacks(one)) for one in found[:SHOWN]]
    columns = ["name", "provider", "because of", "missing"]
    out.rows(columns, rows, document=[_document(one) for one in found])
    if len(found) > SHOWN:
        out.say(f"{len(found) - SHOWN} more are no likelier: --json lists them.")
    if secret and found[0].verdict != PROVEN:
        fail("The secret proves it for none of them.")


def _captured(file: Path, body: str | None, url: str) -> Captured:
    try:
        content = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
        return read(content, url=url, body=None if body is None else body_of(body))
    except OSError as error:
        fail(f"{file}: {error.strerror}", Exit.USAGE)
    except NoRequest as error:
        fail(f"{file}: {error}", Exit.USAGE)


def _fail_for(captured: Captured) -> NoReturn:
    proofs = unknown_proofs(captured)
    if proofs:
        fail(
            f"No provider of the catalogue signs like this. {', '.join(proofs)} may be its proof: provider "
            "hmac takes a scheme of your own."
        )
    fail("Nothing in the request looks like a proof. Use provider url-secret, token or basic.")


def _because(one: Candidate) -> object:
    text = ", ".join(one.mark.why)
    return Styled(f"proven: {text}", "green") if one.verdict == PROVEN else text


def _lacks(one: Candidate) -> str:
    refused = (
        [f"not proven: {WORDS.get(one.verdict, one.verdict)}"] if one.verdict not in ("", PROVEN) else []
    )
    return "; ".join([*refused, *one.missing]) or "nothing"


def _document(one: Candidate) -> dict[str, object]:
    return {
        "provider": one.entry.name,
        "title": one.entry.title,
        "because": list(one.mark.why),
        "missing": list(one.missing),
        "proof": one.entry.proof or "own",
        **({"verdict": one.verdict} if one.verdict else {}),
    }
