"""The environment of the local stack's processes, and where the project and its tools are."""

import os
import shutil
import sys
from pathlib import Path

REGION = "us-east-1"
ROOT_KEY = "test"  # MiniStack's root credentials: it knows no others until someone creates a user
ROOT_SECRET = "test"
_INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TERM",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "XDG_CACHE_HOME",
)
_INHERITED_PREFIXES = (
    "PIP_",
    "UV_",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
)


class StackError(Exception):
    """The local stack could not be brought up; the message says at which step and why."""


def clean_environ(**more: str) -> dict[str, str]:
    """This process's environment without anything of AWS in it.

    A profile, a session token or a per-service endpoint of the caller would otherwise take `sam deploy`
    to a real account.
    """
    kept = {k: v for k, v in os.environ.items() if k in _INHERITED or k.startswith(_INHERITED_PREFIXES)}
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {**kept, **more}


def aws_environ(endpoint_url: str) -> dict[str, str]:
    """The variables by which boto3, SAM and the AWS CLI find the local stack, as its root user."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def project_root() -> Path:
    """The directory of template.yaml: above the working directory, or above this file."""
    for start in (Path.cwd(), Path(__file__).resolve()):
        for folder in (start, *start.parents):
            if (folder / "template.yaml").is_file() and (folder / "layers/core/doorbell").is_dir():
                return folder
    raise StackError("No template.yaml found. Run this inside a clone of Doorbell.")


def tool(name: str) -> str:
    """The path of a program, first beside this Python, then on PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise StackError(f"{name} is not installed. Run `make setup`.")
    return found
