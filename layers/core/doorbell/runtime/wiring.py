"""What every function is made of: settings, clients, logs, metrics; each made once for an environment.

`runtime/compose_*.py` put the use cases together of them, one file for each side of the queues, so that a
function loads its own parts and no other's.
"""

import os
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config

from doorbell.domain.errors import ConfigError
from doorbell.runtime.logs import JsonLog
from doorbell.runtime.metrics import EmfMetrics
from doorbell.runtime.settings import Settings

CLIENT = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=20,
)
"""Time-outs that leave a function the time to say what went wrong."""


@cache
def settings() -> Settings:
    return Settings.from_environ(os.environ)


@cache
def log() -> JsonLog:
    return JsonLog(settings().powertools_service_name, settings().log_level)


@cache
def metrics() -> EmfMetrics:
    return EmfMetrics(settings().powertools_metrics_namespace, settings().powertools_service_name)


@cache
def client(service: str) -> Any:
    return boto3.client(service, config=CLIENT)  # type: ignore[call-overload]


def new_id() -> str:
    return uuid4().hex


def stale_secret(reference: str, cause: str) -> None:
    """A secret that could not be read again and is used as it was."""
    metrics().count("StaleSecrets")
    log().error("stale_secret", reference=reference, cause=cause)


def notice_lost(kind: str, cause: str) -> None:
    """A notice to the operators that could not be sent."""
    metrics().count("NoticesLost")
    log().error("notice_lost", kind=kind, cause=cause)


def config_error(error: ConfigError) -> None:
    """A broken item that is left out: never in silence."""
    metrics().count("ConfigError", item=error.item.partition(" ")[0])
    log().error("config_error", item=error.item, field=error.field, problem=error.problem)
