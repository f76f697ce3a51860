"""`doorbell listen --forward`: from flags to a listener."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import typer

from doorbell.domain.sources import ID
from doorbell.egress.errors import GuardError
from doorbell_cli.commands.configuration.flags import given_only
from doorbell_cli.listening.asked import Elsewhere, Wanted, name_of, url_of
from doorbell_cli.listening.begin import listen_to
from doorbell_cli.target import connected


class Begin(Protocol):
    def __call__(self, **wanted: Any) -> None:
        """The fields of `Wanted` beside its URL, tenant and name."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Of the subscription, as flags give them."""

    event_types: Sequence[str] | None
    sources: Sequence[str] | None
    filter: str | None
    transform: str | None
    body: str | None

    def given(self) -> dict[str, Any]:
        return given_only(
            event_types=self.event_types,
            sources=self.sources,
            filter=self.filter,
            transform=self.transform,
            body=self.body,
        )


@contextmanager
def forwarded(
    stack: str | None, forward: str, name: str | None, tenant: str, *, anywhere: bool
) -> Iterator[Begin]:
    """What was typed is looked at before AWS is asked, and before anything is made."""
    try:
        url = url_of(forward, anywhere=anywhere)
    except GuardError as error:
        raise typer.BadParameter(f"{error.detail}.", param_hint="--forward") from None
    except Elsewhere as error:
        raise typer.BadParameter(str(error), param_hint="--forward") from None
    try:
        called = name_of(name, url)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--name") from None
    if ID.fullmatch(tenant) is None:
        raise typer.BadParameter("1 to 64 letters, digits, _ . -.", param_hint="--tenant")
    with connected(stack) as target:
        yield lambda **wanted: listen_to(target, Wanted(url, tenant, called, **wanted))
