"""What stands in an address behind the question mark."""

import typer
from starlette.requests import Request

from doorbell.domain.errors import Refusal
from doorbell_cli.ops.times import period


def since_of(request: Request, usual: str, now: float) -> float:
    """Epoch seconds. Refuses (422) what is no time."""
    try:
        return period(request.query_params.get("since") or usual, "now", now)[0]
    except typer.BadParameter as error:
        raise Refusal(422, "bad_since", f"since: {error.message}") from None
