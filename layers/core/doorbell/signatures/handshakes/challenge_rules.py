"""A source's own `challenge{…}`: a request that asks whether somebody is at home, and what answers it.

challenge:
  method: GET                            # or POST, HEAD
  read: query.challenge                  # or body.PATH, header.NAME
  when: {query.mode: subscribe}          # what else must be so
  token: query.verify_token              # what must be the source's verify token
  answer: echo                           # or json, hmac; HEAD is answered with nothing
  key: challenge                         # the member of the JSON that answers
  signed: false                          # whether it is looked at only once its signature is proven
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.signatures.schemes.declared import parse_scheme
from doorbell.signatures.schemes.digests import HASHES

METHODS, ANSWERS = ("GET", "POST", "HEAD"), ("echo", "json", "hmac")
KNOWN = ("method", "read", "when", "token", "answer", "key", "prefix", "signed")
PROVIDERS = ("hmac", "token", "basic", "url-secret", "jwt", "jwt.body", "jws", "http-signature")
"""A source's own: what the catalogue knows has its handshakes there."""
LOCATOR = re.compile(r"(query|body|header)\.(.{1,128})")


@dataclass(frozen=True, slots=True)
class Challenge:
    method: str
    read: str
    when: tuple[tuple[str, str], ...]
    token: str
    answer: str
    key: str
    prefix: str
    signed: bool


def parse_challenge(item: str, value: object) -> Challenge:
    """`ConfigError(item, "challenge.…", problem)` for the first thing that is wrong with it."""
    if not isinstance(value, Mapping):
        raise ConfigError(item, "challenge", "must be an object")
    for name in value:
        if name not in KNOWN:
            raise ConfigError(item, f"challenge.{name}", f"is not known; known are {', '.join(KNOWN)}")
    when, signed = value.get("when", {}), value.get("signed", False)
    if not isinstance(when, Mapping) or not all(isinstance(text, str) for text in when.values()):
        raise ConfigError(item, "challenge.when", "must map places to values")
    if not isinstance(signed, bool):
        raise ConfigError(item, "challenge.signed", "must be true or false")
    method = _text(item, value, "method", METHODS)
    read = "" if method == "HEAD" else _place(item, "read", value.get("read"))
    return Challenge(
        method,
        read,
        tuple((_place(item, "when", place), text) for place, text in when.items()),
        _place(item, "token", value["token"]) if "token" in value else "",
        "echo" if method == "HEAD" else _text(item, value, "answer", ANSWERS),
        _text(item, value, "key") if "key" in value or value.get("answer") == "json" else "",
        _text(item, value, "prefix") if "prefix" in value else "",
        signed,
    )


def _text(item: str, value: Mapping[str, Any], name: str, choices: tuple[str, ...] = ()) -> str:
    text = value.get(name)
    if not isinstance(text, str) or (choices and text not in choices):
        wanted = f"one of {', '.join(choices)}" if choices else "a text"
        raise ConfigError(item, f"challenge.{name}", f"must be {wanted}")
    return text


def _place(item: str, name: str, place: object) -> str:
    if not isinstance(place, str) or not LOCATOR.fullmatch(place):
        raise ConfigError(item, f"challenge.{name}", "must be query.NAME, body.PATH or header.NAME")
    return place


def check_challenge(source: Source, title: str, provider: str) -> None:
    """`ConfigError` for the first thing that is wrong with the source's. `provider`: the entry's own name."""
    item = source.source_id
    if provider not in PROVIDERS:
        problem = f"is for {', '.join(PROVIDERS)}: {title} has the handshakes that the catalogue says"
        raise ConfigError(item, "challenge", problem)
    challenge = parse_challenge(item, source.challenge)
    if challenge.token and not source.verify_token_ref:
        raise ConfigError(item, "challenge.token", "needs verify_token_ref: what it must be")
    if challenge.answer == "hmac" and not _may_answer_digests(source):
        problem = "hmac needs provider hmac and a scheme of one HMAC whose message has the part body"
        raise ConfigError(item, "challenge.answer", problem)


def _may_answer_digests(source: Source) -> bool:
    """An answer must never be what would sign an event: see `challenges.PLAIN`."""
    if source.provider != "hmac":
        return False
    scheme = parse_scheme(source.source_id, source.scheme)
    return (
        scheme.algorithm in HASHES
        and not scheme.named
        and scheme.otherwise is None
        and "body" in scheme.message
    )
