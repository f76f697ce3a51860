"""Whether a source, as written, can ever prove anything: asked when it is written, not per request."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.declared import parse_scheme
from doorbell.signatures.verifier import PUBLISH_SOURCE

DEDUPE_ORIGINS = ("header", "body", "form", "query", "hash")
TYPE_ORIGINS = ("header", "body", "form", "query", "fixed")


def check_source(source: Source) -> None:
    """Raise `ConfigError` for the first thing that is wrong with what the signature side needs."""
    if source.source_id == PUBLISH_SOURCE:
        raise ConfigError(source.source_id, "source_id", "is the name of what is published")
    entry = find(source.provider)
    if entry is None:
        raise ConfigError(source.source_id, "provider", f"{source.provider!r} is not in the catalogue")
    _check_secrets(source, entry)
    _check_scheme(source, entry)
    _check_options(source, entry)
    _check_url(source)
    _check_facts(source, entry)


def _check_secrets(source: Source, entry: Entry) -> None:
    without = ("awaits_handshake", "jwks_url", "topic_arn")
    has_other_proof = any(name in entry.options and source.options.get(name) for name in without)
    if source.options.get("awaits_handshake") == "false":
        has_other_proof = False
    if not source.secrets and not has_other_proof and entry.special != "sns":
        raise ConfigError(source.source_id, "secrets", f"{entry.title} needs {entry.secret}")
    if any(not secret for secret in source.secrets):
        raise ConfigError(source.source_id, "secrets", "an empty reference")
    if "meta_subscribe" in entry.unsigned and source.verify_token_ref == "":
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
    for name, option in entry.options.items():
        if option.required and not source.options.get(name):
            raise ConfigError(source.source_id, f"options.{name}", f"is missing: {option.meaning}")


def _check_url(source: Source) -> None:
    if source.public_url is None:
        return
    parts = urlsplit(source.public_url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.fragment:
        raise ConfigError(source.source_id, "public_url", "must be the full URL given to the provider")


def _check_facts(source: Source, entry: Entry) -> None:
    dedupe, kind = source.dedupe, source.event_type
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
