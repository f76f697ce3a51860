"""Keeps a secret that a provider's handshake brought (Asana's `X-Hook-Secret`) where the source's first
secret reference points: an SSM parameter below `/doorbell/handshakes/` that is not there yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated

PREFIX = "ssm:/doorbell/handshakes/"


@dataclass(frozen=True, slots=True)
class ParameterVault:
    """`client(service)` gives the AWS client."""

    client: Callable[[str], Any]

    def keep(self, reference: str, secret: str) -> bool:
        """False where the reference is of another kind, or the parameter is there already: SSM itself
        sees to it that only the first handshake counts."""
        if not reference.startswith(PREFIX):
            return False
        ssm = self.client("ssm")
        with translated("ssm", "PutParameter"):
            try:
                ssm.put_parameter(
                    Name=reference.removeprefix("ssm:"), Value=secret, Type="SecureString", Overwrite=False
                )
            except ssm.exceptions.ParameterAlreadyExists:
                return False
        return True
