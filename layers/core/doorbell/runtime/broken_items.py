"""What is broken is counted, logged, and rung as one of Doorbell's own events."""

from doorbell.domain.errors import ConfigError, SecretMissing
from doorbell.runtime.wiring import config_error


def broken_item(error: ConfigError) -> None:
    """Of a function that may write to the events queue."""
    config_error(error)
    _ring(error)


def broken_source(source_id: str, error: ConfigError | SecretMissing) -> None:
    """Where it was counted and logged already."""
    item = f"source {source_id}"
    if isinstance(error, ConfigError):
        _ring(ConfigError(item, error.field, error.problem))
    else:
        _ring(ConfigError(item, "secrets", f"{error.reference[:64]}: {error.problem}"))


def _ring(error: ConfigError) -> None:
    from doorbell.runtime.own_events import ring_config_error  # the verifier: not before something is broken

    ring_config_error(error)
