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
    ports "any" = all, CIDRs let special addresses in and are for local use only. `log_buffer_level`: see
    `runtime.logs`. `waiting_list`: whether who waits for an endpoint is filed on its list.
    `rollup_days`: how long roll-ups are kept; 0 = none, as without `rollups_table`. `history`: "all", or
    "undelivered" = only what ended without success can be listed. `attempt_detail_days`: how long details
    of attempts are kept, 0 = none; of those that went well only with `keep_success_details`.
    `backfill_origins`: where a provider's API may be beside its own host.
    `routing_index`: whether events of tenants with many ask by key.
    `target_arns`, with wildcards: what subscriptions of `target_tenants` may send to beside URLs;
    `own_queues`: ARNs that nobody may send to; `target_role_arns`: roles that subscriptions may name, with
    wildcards.
    `purge_jobs`: whether jobs may purge tenants.
    `refused_kept`: of refused requests, for each source; 0 = none, as without `refused_table`.
    """

    sources_table: str = ""
    subscriptions_table: str = ""
    endpoints_table: str = ""
    events_table: str = ""
    event_types_table: str = ""
    routes_table: str = ""
    refused_table: str = ""
    rollups_table: str = ""
    events_queue_url: str = ""
    deliveries_queue_url: str = ""
    bodies_bucket: str = ""
    events_dead_letter_queue_url: str = ""
    deliveries_dead_letter_queue_url: str = ""
    scheduler_dead_letter_queue_url: str = ""
    inbox_dead_letter_queue_url: str = ""
    jobs_function: str = ""
    inbox_tenant: str = "default"
    event_bus_name: str = "default"
    retention_days: int = 30
    grace_seconds: int = 900
    refused_kept: int = 50
    refused_per_hour: int = 20
    refused_hours: int = 72
    rollup_days: int = 14
    due_shards: int = 32
    backfill_origins: tuple[str, ...] = ()
    egress_allow_http: bool = False
    egress_allowed_cidrs: tuple[str, ...] = ()
    egress_allowed_ports: frozenset[int] | None = frozenset({443, 8443})
    target_arns: tuple[str, ...] = ()
    target_tenants: tuple[str, ...] = ("default",)
    own_queues: tuple[str, ...] = ()
    target_role_arns: tuple[str, ...] = ()
    log_buffer_level: str = ""
    waiting_list: bool = True
    attempt_detail_days: int = 7
    keep_success_details: bool = False
    history: str = "all"
    routing_index: bool = False
    purge_jobs: bool = False
    dashboard: bool = False
    powertools_trace_disabled: bool = True
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


def _history(text: str) -> str:
    if text not in ("all", "undelivered"):
        raise ValueError("must be all or undelivered")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError("must be a whole number above zero")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("must be a whole number")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _ports(text: str) -> frozenset[int] | None:
    return None if text.strip() == "any" else frozenset(_positive(part) for part in _names(text))


_PARSERS = {
    "retention_days": _positive,
    "grace_seconds": _positive,
    "due_shards": _positive,
    "refused_kept": _whole,
    "refused_per_hour": _positive,
    "refused_hours": _positive,
    "rollup_days": _whole,
    "egress_allow_http": _flag,
    "waiting_list": _flag,
    "attempt_detail_days": _whole,
    "keep_success_details": _flag,
    "history": _history,
    "routing_index": _flag,
    "purge_jobs": _flag,
    "dashboard": _flag,
    "powertools_trace_disabled": _flag,
    "egress_allowed_cidrs": _names,
    "backfill_origins": _names,
    "target_arns": _names,
    "target_tenants": _names,
    "own_queues": _names,
    "target_role_arns": _names,
    "egress_allowed_ports": _ports,
}
