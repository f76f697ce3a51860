"""Near misses, whichever there are: a fit that is said is one, and each that there is is said.

What fits is computed here by HMAC itself, from what was signed and from what came.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.signing.request import sign_request
from tests.support.builders import a_source
from tests.unit.signatures.cases import NOW
from tests.unit.signatures.diagnosis.refusing import fits, refused

SECRET, URL = "the_right secret", "https://hooks.example/in/github-main"


def anew(separators: tuple[str, str], ascii_only: bool) -> Callable[[bytes], bytes]:
    def written(body: bytes) -> bytes:
        try:
            return json.dumps(json.loads(body), separators=separators, ensure_ascii=ascii_only).encode()
        except ValueError:
            return body

    return written


def crlf(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def without_a_line_end(body: bytes) -> bytes:
    return body[:-2] if body.endswith(b"\r\n") else body.removesuffix(b"\n").removesuffix(b"\r")


ANEW = "the JSON written anew {}; something changed it on the way"
BODIES: Mapping[str, Callable[[bytes], bytes]] = {
    "the body without its last line end": without_a_line_end,
    "the body with a line end after it": lambda body: body + b"\n",
    "the body with \\r\\n after it": lambda body: body + b"\r\n",
    "the body with \\n for each \\r\\n": lambda body: body.replace(b"\r\n", b"\n"),
    "the body with \\r\\n for each \\n": crlf,
    "the body without its byte order mark": lambda body: body.removeprefix(b"\xef\xbb\xbf"),
    "the body without the blanks around it": lambda body: body.strip(),
    "an empty body": lambda body: b"",
    ANEW.format("without blanks"): anew((",", ":"), False),
    ANEW.format("without blanks and in ASCII"): anew((",", ":"), True),
    ANEW.format("with a blank after , and :"): anew((", ", ": "), False),
    ANEW.format("with a blank after , and : and in ASCII"): anew((", ", ": "), True),
}
SECRETS: Mapping[str, Callable[[str], str]] = {
    "the secret without the blanks around it": str.strip,
    "the secret with a line end after it": lambda secret: secret + "\n",
    "the secret without its prefix": lambda secret: secret.partition("_")[2] or secret,
}
"""What fits, by the words for it: of what came, and of the secret that is stored."""

values = st.recursive(
    st.sampled_from(["é", "x", 1, None]), lambda one: st.lists(one, max_size=2), max_leaves=4
)
documents = st.dictionaries(st.sampled_from("ab"), values, max_size=2).map(
    lambda value: json.dumps(value, ensure_ascii=False).encode()
)
texts = st.text("a \r\n", max_size=6).map(str.encode)
bodies = st.tuples(st.sampled_from([b"", b"", b"\xef\xbb\xbf"]), documents | texts, texts).map(b"".join)
stored_secrets = st.sampled_from([SECRET, f" {SECRET}", f"{SECRET}\n", f"whsec_{SECRET}", "plain"])


@pytest.mark.parametrize("planted", [*BODIES, *SECRETS, "another secret"])
@settings(max_examples=25)
@given(came=bodies, stored=stored_secrets)
def test_of_body_and_secret_exactly_the_fits_are_said_that_there_are(
    planted: str, came: bytes, stored: str
) -> None:
    signed = BODIES[planted](came) if planted in BODIES else came
    secret = SECRETS[planted](stored) if planted in SECRETS else stored
    secret = "another" if planted == "another secret" else secret
    made = sign_request("github", secret, url=URL, body=signed, headers={}, now=NOW)

    def is_right(body: bytes, secret: str) -> bool:
        digest = hmac.new(secret.encode(), body, "sha256").hexdigest()
        return made.headers["x-hub-signature-256"] == f"sha256={digest}"

    found = diagnose(a_source(), refused(a_source(), replace(made, body=came)), [stored])
    if is_right(came, stored):
        assert found.fits_now is True
        return
    there = {words for words, how in BODIES.items() if is_right(how(came), stored)}
    there |= {words for words, how in SECRETS.items() if is_right(came, how(stored))}
    assert (planted in there) == (planted != "another secret")
    assert found.fits_now is False
    assert fits(a_source(), replace(made, body=came), stored) == there
    assert ("none of the near misses fits" in found.words[-1]) == (not there)
