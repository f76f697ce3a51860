"""What every function is made of: settings, clients, logs, metrics; each made once for an environment.

`inbound`, `publishing`, `fanning_out`, `dispatching`, `sweeping` and `administering` put the use cases
together of them, so that a function loads its own parts and no other's.
"""

import os
from functools import cache
from threading import Lock
from typing import Any, cast
from uuid import uuid4

import botocore
from aws_lambda_powertools import Logger
from boto3.session import Session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError

from doorbell import __version__
from doorbell.domain.errors import ConfigError
from doorbell.runtime.aws_tls import share
from doorbell.runtime.logs import make_logger
from doorbell.runtime.metrics import InvocationMetrics
from doorbell.runtime.settings import Settings
from doorbell.usecases.ports import Log

CLIENT = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=100,
    parameter_validation=False,
    user_agent=f"doorbell/{__version__} Botocore/{botocore.__version__}",
)
"""Time-outs that leave a function the time to say what went wrong: a service that hangs is given up in less
than ten seconds, three tries and the waits between them (`max_attempts` would be one more). Two things that
each call would pay for are left out: our own arguments are not checked against the service's model (the
service does), and the user agent is not put together anew."""

HASTY = CLIENT.merge(Config(connect_timeout=0.5, read_timeout=1, retries={"total_max_attempts": 1}))
ONE_TRY = CLIENT.merge(Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}))


@cache
def settings() -> Settings:
    return Settings.from_environ(os.environ)


@cache
def logger() -> Logger:
    service, traced = settings().powertools_service_name, not settings().powertools_trace_disabled
    return make_logger(service, settings().log_buffer_level, traced=traced)


def log() -> Log:
    """The logger itself is the port. Its type is not: it has keywords, which no field may be called by."""
    return cast(Log, logger())


@cache
def metrics() -> InvocationMetrics:
    namespace, service = settings().powertools_metrics_namespace, settings().powertools_service_name
    handler, board = logger().registered_handler, settings().dashboard
    return InvocationMetrics(namespace, service, handler, board=board)


@cache
def _session() -> Session:
    return Session()


_making = Lock()


@cache
def client(service: str) -> Any:
    """The one client of `service`. Making clients is not safe in threads, using them is.
    https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients"""
    return _new_client(service, CLIENT)


@cache
def hasty_client(service: str) -> Any:
    """For what somebody waits for and nobody needs: one try, and no long one."""
    return _new_client(service, HASTY)


@cache
def regional_client(service: str, region: str, seconds: int = 5) -> Any:
    """For a target: one try, as the delivery has a schedule of its own."""
    return new_client_of(service, region, seconds)


def new_client_of(service: str, region: str, seconds: int, **credentials: str) -> Any:
    """Not kept. `credentials`: other than the function's own, as boto3 calls them."""
    config = ONE_TRY.merge(Config(read_timeout=seconds)) if seconds != 5 else ONE_TRY
    return _new_client(service, config, region or None, **credentials)


def _new_client(service: str, config: Config, region: str | None = None, **more: str) -> Any:
    with _making:
        made = _session().client(service, config=config, region_name=region, **more)  # type: ignore[call-overload]
        share(made, config)
        return made


def credentials() -> Credentials:
    """Those of the clients. `NoCredentialsError` when there are none."""
    with _making:
        found: Credentials | None = _session().get_credentials()
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
