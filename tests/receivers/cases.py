"""Deliveries as Doorbell signs them, each of which a receiver's library accepts, refuses or trips over."""

from __future__ import annotations

import gzip
import json
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from doorbell.signatures.signing.outgoing import public_key, sign
from tests.support.gateway import PUSH

SECRET = "whsec_" + b64encode(b"a signing key of the receivers").decode()
OLD = "whsec_" + b64encode(b"the one they had before that..").decode()
PAIR = "whsk_" + b64encode(b"seed of the key pair, 32 bytes!!").decode()
ID = "evt_g4ncuqvqsaei5aahpakyf47veu6apfny"
EVENT = {"specversion": "1.0", "id": ID, "source": "/in/shop", "type": "push", "data": json.loads(PUSH)}
BODY = json.dumps(EVENT).encode()
"""A CloudEvent: what every library can read, those that want a `type` too."""
STALE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Case:
    """`column` is its head in the table. `secret` is what the receiver has."""

    table: str
    column: str
    headers: dict[str, str]
    body: bytes = BODY
    secret: str = SECRET

    @property
    def document(self) -> dict[str, Any]:
        return {"headers": self.headers, "body": b64encode(self.body).decode(), "secret": self.secret}


def signed(*secrets: str, body: bytes = BODY, age: int = 0, form: str = "standard") -> dict[str, str]:
    headers = {"content-type": "application/json", "x-github-event": "push"}
    return headers | sign(form, secrets, ID, int(time.time()) - age, body)


def beside(first: dict[str, str], second: dict[str, str]) -> dict[str, str]:
    """Both signatures in one header."""
    return first | {"webhook-signature": f"{first['webhook-signature']} {second['webhook-signature']}"}


def of_signatures() -> list[Case]:
    pair = signed(PAIR, form="standard-ed25519")
    one = "signatures"
    return [
        Case(one, "`v1`", signed(SECRET)),
        Case(one, "two `v1`, ours first", signed(SECRET, OLD)),
        Case(one, "two `v1`, ours last", signed(OLD, SECRET)),
        Case(one, "`v1` behind `v1a`", beside(pair, signed(SECRET))),
        Case(one, "`v1a` alone", pair, secret=public_key(PAIR)),
        Case(one, "forged", signed(OLD)),
        Case(one, "altered", signed(SECRET), BODY + b" "),
        Case(one, "ten minutes old", signed(SECRET, age=STALE_SECONDS)),
    ]


def of_bodies() -> list[Case]:
    bodies = {
        "JSON": PUSH,
        "CloudEvents": BODY,
        "form": b"payload=%7B%7D&token=1",
        "text": "Größe".encode(),
        "empty": b"",
        "Latin-1": "Größe".encode("latin-1"),
        "gzip": gzip.compress(PUSH, mtime=0),
    }
    return [Case("bodies", name, signed(SECRET, body=body), body) for name, body in bodies.items()]


def of_secrets() -> list[Case]:
    bare = "whsec_" + b64encode(b"32 bytes, so that padding is due").decode().rstrip("=")
    text, dressed = "correct horse battery staple", f"v1,{SECRET}"
    given = {
        "`whsec_`": SECRET,
        "unpadded": bare,
        "text": text,
        "`v1,whsec_`": dressed,
        "a line end after it": f"{SECRET}\n",
        "a blank before it": f" {SECRET}",
    }
    cases = [Case("secrets", name, signed(secret), secret=secret) for name, secret in given.items()]
    svix = {"svix-id": "msg_1", "svix-timestamp": "1", "svix-signature": "v1,AAAA"}
    return [*cases, Case("secrets", "`svix-` headers beside ours", svix | signed(SECRET))]


def all_cases() -> list[Case]:
    return [*of_signatures(), *of_bodies(), *of_secrets()]
