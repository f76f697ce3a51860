"""The headers a subscription may add to its deliveries."""

from typing import Annotated

from pydantic import AfterValidator

from doorbell.domain.headers import first_problem
from doorbell.store.items.checks import bad


def check_headers(headers: dict[str, str]) -> dict[str, str]:
    found = first_problem(headers)
    if found is not None:
        name, problem = found
        raise bad(problem, name)
    return headers


type Headers = Annotated[dict[str, str], AfterValidator(check_headers)]
