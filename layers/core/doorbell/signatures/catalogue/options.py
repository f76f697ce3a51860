"""What a source must say for its provider. Loaded when a request of such a source was refused."""

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry

_SECONDS = ("leeway", "max_age", "age_without_exp")
"""Options, where a provider has them, that are whole numbers."""


def require_options(source: Source, entry: Entry) -> None:
    """`source_misconfigured` for options without which, or with which, nothing can be proven."""
    for name, option in entry.options.items():
        value = source.options.get(name)
        if option.required and not value:
            wrong = ConfigError(source.source_id, f"options.{name}", f"is missing: {option.meaning}")
            raise SignatureError("source_misconfigured") from wrong
        if name in _SECONDS and value and not _is_whole(value):
            wrong = ConfigError(source.source_id, f"options.{name}", "must be a whole number of seconds")
            raise SignatureError("source_misconfigured") from wrong


def _is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True
