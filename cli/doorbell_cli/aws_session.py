"""Where AWS clients come from: the caller's own credentials, or the local stack's root user.

A session of botocore, with the two words of boto3's that are needed here: boto3 itself loads its manager of
S3 transfers with every session, which no command needs and each would wait for.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from doorbell_cli.stack.environment import REGION, ROOT_KEY, ROOT_SECRET, StackError

if TYPE_CHECKING:
    from botocore.session import Session

_SETTINGS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"mode": "standard", "max_attempts": 5},
}


class ClientMaker(Protocol):
    """A session of boto3 is one, too."""

    def client(
        self, service_name: Any, region_name: str | None = None, *, endpoint_url: str | None = None
    ) -> Any:
        """A client of a service (`Any`: which one is only known at run time), in the session's own region
        unless one is named."""


@dataclass(frozen=True, slots=True)
class AwsSession:
    core: "Session"

    @property
    def region_name(self) -> str | None:
        region: str | None = self.core.get_config_variable("region")
        return region

    def client(
        self, service_name: str, region_name: str | None = None, *, endpoint_url: str | None = None
    ) -> Any:
        from botocore.config import Config

        settings = Config(**_SETTINGS)
        try:
            return self.core.create_client(
                service_name, region_name, endpoint_url=endpoint_url, config=settings
            )
        except ValueError as error:  # botocore's for what the environment says of endpoints
            raise StackError(f"AWS: {error}. Look at AWS_ENDPOINT_URL and AWS_REGION.") from error


def of_environment() -> AwsSession:
    """The credentials, profile and region that the AWS CLI would take."""
    import botocore.session

    core = botocore.session.Session()
    if region := os.environ.get("AWS_REGION"):  # botocore reads AWS_DEFAULT_REGION only
        core.set_config_variable("region", region)
    return AwsSession(core)


def of_local_root() -> AwsSession:
    """The local stack's root user, whatever AWS profile or files the caller has."""
    with _without_common_runtime():
        import botocore.session

    nowhere = (None, None, os.devnull, None)
    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": nowhere,
            "credentials_file": nowhere,
        }
    )
    core.set_credentials(ROOT_KEY, ROOT_SECRET)
    core.set_config_variable("region", REGION)
    return AwsSession(core)


@contextmanager
def _without_common_runtime() -> Iterator[None]:
    """botocore imports AWS's common runtime wherever that is installed (SAM CLI brings it), and it gathers
    entropy for a tenth of a second. SigV4a, CRC64 and `aws login` need it, and the local stack none of them.
    None in `sys.modules` is Python's word for "not there":
    https://docs.python.org/3/reference/import.html#the-module-cache"""
    hidden = "awscrt" not in sys.modules
    if hidden:
        sys.modules["awscrt"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules["awscrt"]
