"""`/admin/events/{event_id}/deliveries/{subscription_id}/attempts`: the whole story of attempts."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel

from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.events import TAGS, TO_ONE
from doorbell.runtime.admin.fields import EventId, SubscriptionId
from doorbell.runtime.details_json import details_json
from doorbell.usecases.attempt_details import DetailsRead


class HeaderAnswer(BaseModel):
    name: str
    value: str


class AttemptDetailsAnswer(BaseModel):
    """`address`: that it went to, or that was tried. `signed_by`: the references of the keys that signed, of
    a `kms:` reference a digest. Credentials among the headers are replaced. Times are null where it did not
    come to that, or where the connection stood already (`kept_connection`); the first byte is waited for from
    when all before was done. `headers_cut`: there were more headers than are kept."""

    generation: int
    number: int
    at: str
    address: str | None
    kept_connection: bool
    signed_by: list[str]
    request_headers: list[HeaderAnswer]
    answer_headers: list[HeaderAnswer]
    headers_cut: bool
    dns_ms: int | None
    connect_ms: int | None
    tls_ms: int | None
    first_byte_ms: int | None
    total_ms: int
    kept_until: str


class AttemptsAnswer(BaseModel):
    attempts: list[AttemptDetailsAnswer]


def register(app: APIGatewayHttpResolver, details: DetailsRead) -> None:
    @app.get(
        f"{TO_ONE}/attempts",
        tags=TAGS,
        summary="Show the details of attempts",
        responses=answers(AttemptsAnswer),
    )
    def show_attempts(event_id: EventId, subscription_id: SubscriptionId) -> AttemptsAnswer:
        """Of the first delivery and its replays, in order: of failed attempts for seven days unless the stack
        says otherwise, of others where it keeps them. Empty where none are kept (any more)."""
        found = map(details_json, details.of(event_id, subscription_id))
        return AttemptsAnswer.model_validate({"attempts": list(found)})
