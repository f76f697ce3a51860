"""The environment as one typed object; its fields are the variables' names in lower case."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


class SettingsError(Exception):
    """An environment variable that is missing or cannot be read; names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every variable any function has; a function has those it uses.

    `retention_days`: how long events are kept. `grace_seconds`: how long after a planned message the
    sweeper looks for it. `due_shards`: partitions of the due index. `egress_*`: see `egress.guard`;
    ports "any" = all, CIDRs let special addresses in and are for local use only.
    """

    sources_table: str = ""
    subscriptions_table: str = ""
    endpoints_table: str = ""
    events_table: str = ""
    event_types_table: str = ""
    events_queue_url: str = ""
    deliveries_queue_url: str = ""
    bodies_bucket: str = ""
    event_bus_name: str = "default"
    retention_days: int = 30
    grace_seconds: int = 900
    due_shards: int = 32
    egress_allow_http: bool = False
    egress_allowed_cidrs: tuple[str, ...] = ()
    egress_allowed_ports: frozenset[int] | None = frozenset({443, 8443})
    log_level: str = "INFO"
    powertools_service_name: str = "doorbell"
    powertools_metrics_namespace: str = "Doorbell"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], needs: tuple[str, ...] = ()) -> "Settings":
        """Read `environ`; raises `SettingsError` for a field of `needs` that has no value."""
        given = {f.name: environ[f.name.upper()] for f in fields(cls) if environ.get(f.name.upper())}
        missing = [name.upper() for name in needs if name not in given]
        if missing:
            raise SettingsError(f"missing environment variables: {', '.join(missing)}")
        return cls(**{name: _parse(name, text) for name, text in given.items()})  # type: ignore[arg-type]


def _parse(name: str, text: str) -> object:
    try:
        return _PARSERS.get(name, str)(text)
    except ValueError as error:
        raise SettingsError(f"environment variable {name.upper()}: {error}") from error


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return text.lower() == "true"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError("must be a whole number above zero")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _ports(text: str) -> frozenset[int] | None:
    return None if text.strip() == "any" else frozenset(_positive(part) for part in _names(text))


_PARSERS = {
    "retention_days": _positive,
    "grace_seconds": _positive,
    "due_shards": _positive,
    "egress_allow_http": _flag,
    "egress_allowed_cidrs": _names,
    "egress_allowed_ports": _ports,
}
