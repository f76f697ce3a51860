"""What every function is made of: settings, clients, logs, metrics; each made once for an environment.

`inbound`, `publishing`, `fanning_out`, `dispatching`, `sweeping` and `administering` put the use cases
together of them, so that a function loads its own parts and no other's.
"""

import os
from functools import cache
from threading import Lock
from typing import Any
from uuid import uuid4

import botocore
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from doorbell import __version__
from doorbell.domain.errors import ConfigError
from doorbell.runtime.logs import JsonLog
from doorbell.runtime.metrics import EmfMetrics
from doorbell.runtime.settings import Settings

CLIENT = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=20,
    parameter_validation=False,
    user_agent=f"doorbell/{__version__} Botocore/{botocore.__version__}",
)
"""Time-outs that leave a function the time to say what went wrong: a service that hangs is given up in less
than ten seconds, three tries and the waits between them (`max_attempts` would be one more). Two things that
each call would pay for are left out: our own arguments are not checked against the service's model (the
service does), and the user agent is not put together anew."""


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
def _session() -> Session:
    return Session()


_making = Lock()


@cache
def client(service: str) -> Any:
    """The one client of `service`, from botocore: boto3 adds to it only what a function's start would pay for
    in vain. Making clients is not safe in threads, using them is."""
    with _making:
        return _session().create_client(service, config=CLIENT)


def credentials() -> Credentials:
    """Those of the clients. `NoCredentialsError` when there are none."""
    with _making:
        found = _session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found


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
