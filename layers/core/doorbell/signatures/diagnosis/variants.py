"""What a request or its source may have been instead: each with the words for it, one thing changed at a
time."""

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.digests import HASHES
from doorbell.signatures.schemes.encoding import ENCODERS
from doorbell.signatures.schemes.scheme import Scheme

type Variant = tuple[str, Claim]

_MARK = b"\xef\xbb\xbf"
_KEYS = {"text": "text", "hex": "hex digits", "base64": "base64"}


def of_the_request(claim: Claim) -> Iterator[Variant]:
    """Other bodies, then other URLs."""
    request = claim.request
    for words, body in _bodies(request.body):
        if body != request.body:
            yield f"the signature fits {words}", replace(claim, request=replace(request, body=body))
    public = claim.public_url
    for words, url in _urls(claim):
        if url != public:
            source = replace(claim.source, public_url=url)
            yield f"the signature fits {words}: {url.partition('?')[0]}", replace(claim, source=source)


def of_the_secret(claim: Claim) -> Iterator[Variant]:
    for words, changed in (
        ("without the blanks around it", tuple(secret.strip() for secret in claim.secrets)),
        ("with a line end after it", tuple(f"{secret}\n" for secret in claim.secrets)),
        ("without its prefix", tuple(secret.partition("_")[2] for secret in claim.secrets if "_" in secret)),
    ):
        if changed and changed != tuple(claim.secrets) and all(changed):
            yield f"the signature fits the secret {words}", replace(claim, secrets=changed)


def of_the_key(claim: Claim) -> Iterator[Variant]:
    """Where an option says how the secret is read."""
    if claim.parameters.get("key") not in _KEYS:
        return
    for key, words in _KEYS.items():
        if key != claim.parameters["key"]:
            yield (
                f"the signature fits the secret read as {words}: set options.key to {key}",
                replace(claim, parameters={**claim.parameters, "key": key}),
            )


def of_the_scheme(scheme: Scheme) -> Iterator[tuple[str, Scheme]]:
    """Only where it signs with a shared secret."""
    if scheme.algorithm not in HASHES:
        return
    for key, words in _KEYS.items():
        if key != scheme.key:
            yield f"the signature fits the secret read as {words}", replace(scheme, key=key)
    for algorithm in HASHES:
        if algorithm != scheme.algorithm:
            yield f"the signature is made with {algorithm}", replace(scheme, algorithm=algorithm)
    for encoding in ENCODERS:
        if encoding != scheme.signature.encoding:
            at = replace(scheme.signature, encoding=encoding)
            yield f"the signature is right and written as {encoding}", replace(scheme, signature=at)


def _bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "the body without its last line end", body.removesuffix(b"\n").removesuffix(b"\r")
    yield "the body with a line end after it", body + b"\n"
    yield "the body with \\r\\n after it", body + b"\r\n"
    yield "the body with \\n for each \\r\\n", body.replace(b"\r\n", b"\n")
    yield "the body with \\r\\n for each \\n", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "the body without its byte order mark", body.removeprefix(_MARK)
    yield "the body without the blanks around it", body.strip()
    yield "an empty body", b""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    for words, separators in (("without blanks", (",", ":")), ("with a blank after , and :", (", ", ": "))):
        for ascii_only in (False, True):
            written = json.dumps(value, separators=separators, ensure_ascii=ascii_only)
            how = f"{words}{' and in ASCII' if ascii_only else ''}"
            yield f"the JSON written anew {how}; something changed it on the way", _encoded(written)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _urls(claim: Claim) -> Iterator[tuple[str, str]]:
    request, public = claim.request, claim.public_url
    url, _, query = public.partition("?")
    behind = f"?{query}" if query else ""
    yield "the URL that was called, not the source's public_url", request.url
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    steps = parts.path.split("/")
    if len(steps) > 2:
        yield f"the URL without /{steps[1]}", f"{root}/{'/'.join(steps[2:])}{behind}"
    yield "the URL without the slash at its end", url.rstrip("/") + behind
    yield "the URL with a slash at its end", f"{url}/{behind}"
    yield "the URL without its query", url
    yield "the URL with http", "http" + public.removeprefix("https")
    yield "the URL with its port", f"{parts.scheme}://{parts.hostname}:443{parts.path}{behind}"
    forwarded = request.headers.get("x-forwarded-host")
    if forwarded:
        yield "the URL with the host of x-forwarded-host", f"https://{forwarded}{parts.path}{behind}"
