"""Runs a script as Lambda runs a function: the built artifacts, this Python, nothing else to import.

Lambda's python3.13 brings boto3 itself; here the pinned one stands in its place, without awscrt, which that
runtime does not have.
"""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doorbell_cli.stack.build import build
from doorbell_cli.stack.environment import project_root

BROUGHT_BY_LAMBDA = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
INSIDE = Path(__file__).parent / "inside"


class BenchError(Exception):
    """A measured script that failed; its own words."""


_other: ContextVar[Path | None] = ContextVar("other", default=None)


def built() -> Path:
    """The folder of the newest build, made now if the sources have changed; inside `as_built` that one."""
    return _other.get() or _built()


@cache
def _built() -> Path:
    return build(project_root()).parent


@contextmanager
def as_built(folder: Path) -> Iterator[None]:
    """Inside it the functions are those of another build: of another commit, say. What stands in for AWS and
    for subscribers stays today's."""
    token = _other.set(folder)
    try:
        yield
    finally:
        _other.reset(token)


def memory_megabytes(function: str) -> int:
    """MemorySize of `function` ("IngestFunction") in the built template."""
    template = yaml.load((built() / "template.yaml").read_text(), Loader=yaml.BaseLoader)
    properties = template["Resources"][function]["Properties"]
    return int(properties.get("MemorySize", template["Globals"]["Function"]["MemorySize"]))


def path_of(function: str) -> list[str]:
    """sys.path of `function` as deployed: its code, then the layers, then what the runtime brings."""
    home = built()
    return [str(home / function), str(home / "CoreLayer/python"), str(home / "DepsLayer/python"), _runtime()]


@cache
def _runtime() -> str:
    folder = _built().parent / "bench-runtime"
    folder.mkdir(exist_ok=True)
    packages = Path(sysconfig.get_path("purelib"))
    for name in BROUGHT_BY_LAMBDA:
        made = folder / f"{name}.{os.getpid()}"
        made.symlink_to(packages / name)
        made.replace(folder / name)  # at once: another process may be importing it
    return str(folder)


def as_documented(endpoint: str, **more: str) -> dict[str, str]:
    """The environment of the handler that AWS's documentation shows: boto3 is the runtime's, Powertools comes
    with a layer."""
    path = f"{_runtime()}:{built() / 'DepsLayer/python'}"
    return {**environ("IngestFunction", endpoint, **more), "PYTHONPATH": path}


def environ(function: str, endpoint: str, **more: str) -> dict[str, str]:
    """The environment of `function` with AWS at `endpoint`."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": ":".join(path_of(function)),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": endpoint,
        "SOURCES_TABLE": "Sources",
        "SUBSCRIPTIONS_TABLE": "Subscriptions",
        "ENDPOINTS_TABLE": "Endpoints",
        "EVENTS_TABLE": "Events",
        "EVENT_TYPES_TABLE": "EventTypes",
        "EVENTS_QUEUE_URL": f"{endpoint}/000000000000/events",
        "DELIVERIES_QUEUE_URL": f"{endpoint}/000000000000/deliveries",
        "BODIES_BUCKET": "bodies",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Doorbell",
        **more,
    }


def run_inside(script: str, env: Mapping[str, str], *arguments: str, timeout: float = 600) -> dict[str, Any]:
    """Run `inside/<script>.py` in `env`; what it wrote to the file named by its last argument, as JSON."""
    answer = built().parent / f"bench-{script}.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-S", str(INSIDE / f"{script}.py"), *arguments, str(answer)]
    done = subprocess.run(
        command, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=timeout
    )
    if done.returncode != 0:
        raise BenchError(f"{script}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(answer.read_text())
    return found
