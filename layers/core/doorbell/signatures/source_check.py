"""Whether a source, as written, can ever prove anything: asked when it is written, not per request."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.schemes.declared import parse_scheme
from doorbell.signatures.schemes.keys import key_bytes
from doorbell.signatures.vouching import PUBLISH_SOURCE

DEDUPE_ORIGINS = ("header", "body", "form", "query", "hash")
KEY_FORMS = {
    "text": "text",
    "html": "text",
    "hex": "hex digits",
    "base64": "base64",
    "whsec": "base64, with or without `whsec_` before it",
    "whpk": "base64, with or without `whpk_` before it",
    "spki": "a PEM public key, or its base64",
    "ed25519": "32 bytes as hex or base64, or a PEM public key",
    "whsec-or-text": "`whsec_` and base64, or text",
    "whsec-and-text": "text, or `whsec_` and base64",
    "nfkd": "text",
    "sha256": "text",
}
NEED_VERIFY_TOKEN = {"meta_subscribe", "oura_challenge", "strava_subscribe", "ebay_challenge"}
FETCH_THEIR_KEYS = ("sns", "alexa", "adobe_events", "fal")
"""Special rules whose keys the provider publishes where everybody knows."""
CHECK_OPTIONS = ("http_signature", "detached_jws", "jwt_request")
TYPE_ORIGINS = ("header", "body", "form", "query", "fixed")


def check_source(source: Source) -> None:
    """Raise `ConfigError` for the first thing that is wrong with what the signature side needs."""
    if source.source_id == PUBLISH_SOURCE:
        raise ConfigError(source.source_id, "source_id", "is the name of what is published")
    entry = find(source.provider)
    if entry is None:
        raise ConfigError(source.source_id, "provider", _unknown(source.provider))
    _check_secrets(source, entry)
    _check_scheme(source, entry)
    _check_options(source, entry)
    _check_url(source)
    _check_facts(source, entry)
    if source.challenge is not None:
        from doorbell.signatures.handshakes.challenge_rules import check_challenge

        check_challenge(source, entry.title, entry.name)


def _unknown(provider: str) -> str:
    from difflib import get_close_matches  # ingest imports this file, and never needs it

    close = get_close_matches(provider, names(), n=3)
    meant = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"{provider!r} is not in the catalogue{meant}"


def secret_problem(provider: str, scheme: Mapping[str, object] | None, secret: str) -> str:
    """Why `secret` cannot be a key of the provider's, or "" where it may be: for whoever stores it. Only its
    form is looked at. `ConfigError` for a scheme that cannot be read."""
    from doorbell.signatures.catalogue.foreign import what_else  # ingest never stores a secret

    entry = find(provider)
    if entry is None:
        return ""
    if other := what_else(entry, secret):
        return f"this looks like {other}; {entry.title} needs {entry.secret}"
    declared = entry.scheme
    if entry.special == "declared" and scheme is not None:
        declared = parse_scheme("the source", scheme)
    if declared is None:
        return ""
    try:
        key_bytes(declared.key, secret)
    except SignatureError:
        return f"{entry.title} needs {entry.secret}, written as {KEY_FORMS[declared.key]}"
    return ""


def _check_secrets(source: Source, entry: Entry) -> None:
    without = ("awaits_handshake", "jwks_url", "topic_arn")
    has_other_proof = any(name in entry.options and source.options.get(name) for name in without)
    if source.options.get("awaits_handshake") == "false":
        has_other_proof = False
    fetches = entry.special in FETCH_THEIR_KEYS or "default_jwks_url" in entry.parameters
    if not source.secrets and not has_other_proof and not fetches:
        raise ConfigError(source.source_id, "secrets", f"{entry.title} needs {entry.secret}")
    if any(not secret for secret in source.secrets):
        raise ConfigError(source.source_id, "secrets", "an empty reference")
    if NEED_VERIFY_TOKEN & set(entry.unsigned) and source.verify_token_ref == "":
        raise ConfigError(source.source_id, "verify_token_ref", "an empty reference")


def _check_scheme(source: Source, entry: Entry) -> None:
    if entry.special == "declared":
        if source.scheme is None:
            raise ConfigError(source.source_id, "scheme", 'provider "hmac" needs a scheme')
        parse_scheme(source.source_id, source.scheme)
    elif source.scheme is not None:
        raise ConfigError(source.source_id, "scheme", 'is for provider "hmac" alone')
    if source.tolerance_seconds is not None and source.tolerance_seconds <= 0:
        raise ConfigError(source.source_id, "tolerance_seconds", "must be above 0")


def _check_options(source: Source, entry: Entry) -> None:
    for name in source.options:
        if name not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise ConfigError(source.source_id, f"options.{name}", f"is not known; known are: {known}")
    algorithms = set(source.options.get("algorithms", "").upper().split())
    if "algorithms" in entry.options and 0 < len(_symmetric(algorithms)) < len(algorithms):
        problem = "HS… beside others: whoever has the public key could sign with it as if it were the secret"
        raise ConfigError(source.source_id, "options.algorithms", problem)
    for name, option in entry.options.items():
        if option.required and not source.options.get(name):
            raise ConfigError(source.source_id, f"options.{name}", f"is missing: {option.meaning}")
    if entry.special in CHECK_OPTIONS:
        from doorbell.signatures.special.option_rules import problem_of  # ingest imports this file

        if found := problem_of(entry.special, source.options):
            raise ConfigError(source.source_id, f"options.{found[0]}", found[1])


def _symmetric(algorithms: set[str]) -> set[str]:
    return {name for name in algorithms if name.startswith("HS")}


def _check_url(source: Source) -> None:
    if source.public_url is None:
        return
    parts = urlsplit(source.public_url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.fragment:
        raise ConfigError(source.source_id, "public_url", "must be the full URL given to the provider")


def _check_facts(source: Source, entry: Entry) -> None:
    dedupe, kind = source.dedupe, source.event_type
    binds_body = entry.binds_body
    if entry.special == "declared":
        binds_body = parse_scheme(source.source_id, source.scheme).binds_body
    elif source.options.get("binds_body") == "false" or source.options.get("body_claim") == "none":
        binds_body = False
    if dedupe is not None:
        if not entry.binds_body:
            raise ConfigError(
                source.source_id,
                "dedupe",
                f"{entry.title} does not sign the body: its own key must stay the guard against replay",
            )
        _check_origin(source, "dedupe", dedupe.origin, dedupe.key, DEDUPE_ORIGINS)
        if dedupe.window_hours is not None and dedupe.window_hours <= 0:
            raise ConfigError(source.source_id, "dedupe.window_hours", "must be above 0")
    if source.split and not binds_body:
        raise ConfigError(source.source_id, "split", f"{entry.title} does not sign the elements of a body")
    if kind is not None:
        _check_origin(source, "event_type", kind.origin, kind.key, TYPE_ORIGINS)


def _check_origin(source: Source, field: str, origin: str, key: str, known: tuple[str, ...]) -> None:
    if origin not in known:
        raise ConfigError(source.source_id, f"{field}.from", f"must be one of {', '.join(known)}")
    if not key and origin != "hash":
        raise ConfigError(source.source_id, f"{field}.key", "is missing")


def options_of(entry: Entry) -> Mapping[str, str]:
    """Every option's meaning, for people."""
    return {name: option.meaning for name, option in entry.options.items()}
