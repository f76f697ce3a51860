"""`/admin/events/{event_id}/body`: what came in."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel

from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.events import ONE, TAGS
from doorbell.runtime.admin.fields import EventId
from doorbell.runtime.body_json import body_json
from doorbell.usecases.show_body import ShowBody


class EventBodyAnswer(BaseModel):
    """`body` is text, `body_base64` what is none. Above 1 MiB it is neither: `link` gives it for a minute."""

    event_id: str
    content_type: str
    size: int
    headers: dict[str, str]
    body: str | None
    body_base64: str | None
    link: str | None


def register(app: APIGatewayHttpResolver, show_body: ShowBody) -> None:
    @app.get(f"{ONE}/body", tags=TAGS, summary="Show an event's body", responses=answers(EventBodyAnswer))
    def show_event_body(event_id: EventId) -> EventBodyAnswer:
        """With its headers. What proved its sender is not kept, where it is a secret."""
        return EventBodyAnswer.model_validate(body_json(show_body(event_id)))
