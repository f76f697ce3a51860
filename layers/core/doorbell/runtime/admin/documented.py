"""What every route says of its answers in the OpenAPI document."""

from typing import Any

from pydantic import BaseModel

from doorbell.runtime.admin.answers import Problem
from doorbell.runtime.admin.errors import CONTENT_TYPE

_MEANINGS = {
    400: "The body is not JSON",
    403: "No IAM identity",
    404: "There is no such thing, or no such path",
    409: "It is not in a state for this",
    415: "Not application/json",
    422: "A field, a parameter or a cursor is wrong; `field` says which",
    503: "A service did not answer; ask again",
}
_OF_ALL = (400, 403, 404, 422, 503)


def answers(model: type[BaseModel] | None, *errors: int, status: int = 200) -> dict[int, Any]:
    """The answer that went well, `errors`, and the errors any route may answer."""
    well: dict[str, Any] = {"description": "Done" if model is None else "As asked"}
    if model is not None:
        well["content"] = {"application/json": {"model": model}}
    return {status: well} | {
        error: {"description": _MEANINGS[error], "content": {CONTENT_TYPE: {"model": Problem}}}
        for error in sorted({*errors, *_OF_ALL})
    }
