"""The error tree. Every member carries its data; none carries a secret or a body."""


class DoorbellError(Exception):
    """Anything Doorbell raises on purpose."""


class SignatureError(DoorbellError):
    """A request that is not proven to come from its source.

    `reason` is a stable code (`signature_missing`, `signature_malformed`, `signature_mismatch`,
    `timestamp_missing`, `timestamp_malformed`, `timestamp_out_of_tolerance`, …) for logs and metrics.
    What was computed is in neither the reason nor the message.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refusal(DoorbellError):
    """A request that ingest turns away: HTTP `status`, stable `code`, `detail` safe to show the caller."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail


class ConfigError(DoorbellError):
    """A source or subscription that is not usable.

    `item` names it, `field` is the dotted path of what is wrong.
    """

    def __init__(self, item: str, field: str, problem: str) -> None:
        super().__init__(f"{item}: {field}: {problem}")
        self.item = item
        self.field = field
        self.problem = problem


class SecretMissing(DoorbellError):
    """A secret reference that leads nowhere or may not be read: a person must repair it."""

    def __init__(self, reference: str, problem: str) -> None:
        super().__init__(f"{reference}: {problem}")
        self.reference = reference
        self.problem = problem


class Unavailable(DoorbellError):
    """A service Doorbell stands on did not do its part now; the same call may work later.

    `service` is its name (`dynamodb`, `sqs`, …), `operation` the call, `cause` a code from the service.
    The call may have taken effect.
    """

    def __init__(self, service: str, operation: str, cause: str) -> None:
        super().__init__(f"{service}.{operation}: {cause}")
        self.service = service
        self.operation = operation
        self.cause = cause


class Busy(DoorbellError):
    """Others use all of `what` there is here. Nothing was begun: the same can be done soon."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: busy")
        self.what = what
