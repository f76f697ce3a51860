"""A call of another function of the stack that nobody waits for.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """`client` makes the Lambda client: it is loaded with the first call."""

    client: Callable[[], Any]
    name: str

    def __call__(self) -> None:
        with translated("lambda", "Invoke"):
            self.client().invoke(FunctionName=self.name, InvocationType="Event", Payload=b"{}")
