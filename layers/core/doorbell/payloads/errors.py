"""Why a request could not be made."""

from doorbell.domain.errors import DoorbellError

TRANSFORM_FAILED = "transform_failed"
BODY_MISSING = "body_missing"
OAUTH_FAILED = "oauth_failed"
COMPOSE_FAILED = "compose_failed"


class ComposeError(DoorbellError):
    """A request that cannot be made from this event and subscription: nothing was sent.

    `code` is one of the four above; `detail` says what a person can mend, without a secret or the body.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
