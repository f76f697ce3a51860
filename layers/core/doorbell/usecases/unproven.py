"""A request that the gate did not find proven: what it is answered depends on whose fault that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from doorbell.domain.errors import ConfigError, Refusal, SecretMissing, SignatureError, Unavailable
from doorbell.domain.sources import Source

if TYPE_CHECKING:
    from doorbell.usecases.ports import Secrets, Sources

WRONG_IN_SOURCE = {
    "source_misconfigured": ("options", "cannot be used"),
    "provider_unknown": ("provider", "is not in the catalogue"),
    "secret_missing": ("secrets", "the provider needs one, and there is none"),
    "secret_malformed": ("secrets", "none is a key of the provider's kind"),
}
"""Reasons of the gate that no request brings about: field and problem of the source that has to be mended."""


def awaits_handshake(source: Source) -> bool:
    return source.options.get("awaits_handshake") == "true"


def judged(source: Source, error: SignatureError) -> Refusal | ConfigError | Unavailable:
    """Whose fault it is: a key host's (the same request may be proven later), the source's, the caller's."""
    cause = error.__cause__
    if error.reason == "key_unavailable":
        return Unavailable("keys", "fetch", str(getattr(cause, "code", error.reason)))
    no_secret_yet = error.reason == "secret_missing" and awaits_handshake(source)
    if error.reason not in WRONG_IN_SOURCE or no_secret_yet:
        return Refusal(401, error.reason, "the request is not proven to come from the source")
    if isinstance(cause, ConfigError):
        return ConfigError(cause.item, cause.field, cause.problem)
    return ConfigError(source.source_id, *WRONG_IN_SOURCE[error.reason])


def those_there(
    secrets: Secrets, source: Source, owner: Mapping[str, str], error: SecretMissing
) -> tuple[tuple[str, ...], SecretMissing | None]:
    """The source's secrets that are there, and `error`, which was met at one that is not. It is raised where
    there is none, unless a handshake has still to bring the first."""
    found: list[str] = []
    for reference in source.secrets:
        try:
            found += secrets.resolve([reference], owner=owner)
        except SecretMissing:
            continue
    if found:
        return tuple(found), error
    if awaits_handshake(source):
        return (), None
    raise error


def there_is(sources: Sources, source_id: str) -> Source | None:
    """The source, where it is there and can be read."""
    try:
        return sources.get(source_id)
    except (ConfigError, Unavailable):
        return None
