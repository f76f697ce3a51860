"""What a scheme of a source's own says that it does not prove, in words for who writes it."""

from collections.abc import Mapping

NO_BODY = (
    "This scheme signs no body: who has seen a request can send its proof with another body. "
    "Ask the sender's API before you act on an event."
)
WEAK = (
    "This scheme's algorithm is weak: it may be possible to sign without the secret. "
    "Let the sender use an HMAC with SHA-256 if it can."
)


def limits_of(scheme: object) -> list[str]:
    """`scheme` as it is written; None for a source that has none."""
    if not isinstance(scheme, Mapping):
        return []
    limits = [NO_BODY] if scheme.get("binds_body") is False else []
    return [*limits, WEAK] if scheme.get("weak") is True else limits
