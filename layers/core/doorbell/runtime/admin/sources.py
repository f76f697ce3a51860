"""`/admin/sources`: who may ring."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from doorbell.runtime.admin.answers import ConfiguredItem, ConfiguredItems
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Cursor, Limit, SourceId
from doorbell.runtime.admin.items import after, page, shown
from doorbell.runtime.admin.written import AsWritten, Reason, written
from doorbell.store.configuration.config_tables import SOURCE_KEY, Stored
from doorbell.store.items.models import Checks, SourceItem
from doorbell.usecases.configure import Configure

TAGS = ["sources"]
ONE = "/admin/sources/<source_id>"


def register(app: APIGatewayHttpResolver, sources: Configure[Stored], checks: Checks) -> None:
    def answer(stored: Stored) -> ConfiguredItem:
        return shown(SourceItem, SOURCE_KEY, checks, stored)

    @app.get("/admin/sources", tags=TAGS, summary="List sources", responses=answers(ConfiguredItems))
    def list_sources(
        tenant_id: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> ConfiguredItems:
        """In no order. With a tenant a page may have fewer entries than `limit`, and more to come."""
        of, by = "sources", {"tenant_id": tenant_id}
        items, last = sources.page(tenant_id, limit, after(of, SOURCE_KEY, cursor, by))
        return page(of, SOURCE_KEY, [answer(stored) for stored in items], last, by)

    @app.get(ONE, tags=TAGS, summary="Show a source", responses=answers(ConfiguredItem))
    def show_source(source_id: SourceId) -> ConfiguredItem:
        return answer(sources.get(source_id))

    @app.put(ONE, tags=TAGS, summary="Write a source", responses=answers(ConfiguredItem, 409, 415))
    def put_source(
        source_id: SourceId,
        source: Annotated[dict[str, Any], AsWritten(SourceItem, ConfiguredItem, in_path=SOURCE_KEY), Body()],
    ) -> ConfiguredItem:
        """The whole item, new or in place of what is there; or what a GET of it answered."""
        values = written(SourceItem, {"source_id": source_id}, source, checks)
        return answer(sources.put((source_id,), values))

    @app.delete(
        ONE,
        tags=TAGS,
        summary="Delete a source",
        status_code=204,
        responses=answers(None, 409, status=204),
    )
    def delete_source(source_id: SourceId) -> None:
        """Events that are in stay and are delivered."""
        sources.delete(source_id)

    @app.post(f"{ONE}/enable", tags=TAGS, summary="Enable a source", responses=answers(ConfiguredItem, 409))
    def enable_source(source_id: SourceId) -> ConfiguredItem:
        return answer(sources.enable(source_id))

    @app.post(
        f"{ONE}/disable",
        tags=TAGS,
        summary="Disable a source",
        responses=answers(ConfiguredItem, 409, 415),
    )
    def disable_source(source_id: SourceId, why: Annotated[Reason | None, Body()] = None) -> ConfiguredItem:
        """Within half a minute it refuses with 403."""
        return answer(sources.disable(source_id, reason=(why.reason if why else "") or None))

    @app.post(f"{ONE}/pause", tags=TAGS, summary="Pause a source", responses=answers(ConfiguredItem, 409))
    def pause_source(source_id: SourceId) -> ConfiguredItem:
        """It takes events in as before. Their deliveries wait: nothing is sent, nothing is lost, no attempt
        is used up. They wait as long as their events are kept."""
        return answer(sources.pause(source_id))

    @app.post(f"{ONE}/resume", tags=TAGS, summary="Resume a source", responses=answers(ConfiguredItem, 409))
    def resume_source(source_id: SourceId) -> ConfiguredItem:
        """What waits goes out at a metered rate, oldest first. It begins within a minute."""
        return answer(sources.resume(source_id))
