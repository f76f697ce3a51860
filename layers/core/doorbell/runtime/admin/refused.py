"""`/admin/sources/{source_id}/refused`: what was turned away, what was wrong with it, and letting it in."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path

from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Cursor, Limit, SourceId
from doorbell.runtime.admin.refused_answers import AcceptedAnswer, ExplainedAnswer, RefusedAnswer
from doorbell.runtime.admin.sources import ONE
from doorbell.runtime.http import principal_of
from doorbell.runtime.refused_json import accepted_json, explained_json, refused_json
from doorbell.usecases.refused import RefusedRequests

TAGS = ["sources"]
RefusedId = Annotated[str, Path(pattern=r"^[0-9a-f]{4,64}$")]


def register(app: APIGatewayHttpResolver, refused: RefusedRequests) -> None:

    @app.get(f"{ONE}/refused", tags=TAGS, summary="List refused requests", responses=answers(RefusedAnswer))
    def list_refused(source_id: SourceId, limit: Limit = 100, cursor: Cursor = None) -> RefusedAnswer:
        """Newest first; without headers and bodies. A bounded number is kept, for a bounded time."""
        of = f"refused/{source_id}"
        place = cursors.decode(of, cursor, after=str)
        page = refused.page(source_id, None if place is None else place["after"], limit)
        rest = None if page.after is None else {"after": page.after}
        rows = [refused_json(row) for row in page.rows]
        return RefusedAnswer.model_validate({"refused": rows, "next_cursor": cursors.encode(of, rest)})

    @app.get(
        f"{ONE}/refused/<refused_id>",
        tags=TAGS,
        summary="Show a refused request",
        responses=answers(ExplainedAnswer),
    )
    def show_refused(source_id: SourceId, refused_id: RefusedId) -> ExplainedAnswer:
        """With its headers and body, credentials masked, and in words what was wrong with it."""
        return ExplainedAnswer.model_validate(explained_json(refused.explain(source_id, refused_id)))

    @app.post(
        f"{ONE}/refused/<refused_id>/accept",
        tags=TAGS,
        summary="Accept a refused request",
        status_code=202,
        responses=answers(AcceptedAnswer, 409, status=202),
    )
    def accept_refused(source_id: SourceId, refused_id: RefusedId) -> AcceptedAnswer:
        """It is verified again, by the source as it is now and at the time at which it came. 409 with
        ingest's code where it does not pass, and where it was refused for its time, is a handshake, or not
        kept whole."""
        by = principal_of(app.current_event.raw_event)
        return AcceptedAnswer.model_validate(accepted_json(refused.accept(source_id, refused_id, by)))
