"""`/admin/events/{event_id}`: the story of an event."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.answers import (
    DeliveriesAnswer,
    DeliveryAnswer,
    StoryAnswer,
    WhyAnswer,
)
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import (
    MAX_PAGE,
    Cursor,
    EventId,
    Limit,
    SubscriptionId,
)
from doorbell.runtime.admin_api import delivery_json, explanation_json, story_json
from doorbell.usecases.explain import Explain
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.replay import Replay

TAGS = ["events"]
ONE = "/admin/events/<event_id>"
TO_ONE = f"{ONE}/deliveries/<subscription_id>"


def register(app: APIGatewayHttpResolver, inspect: Inspect, explain: Explain, replay: Replay) -> None:
    @app.get(ONE, tags=TAGS, summary="Show an event", responses=answers(StoryAnswer))
    def show_event(event_id: EventId, limit: Limit = MAX_PAGE, cursor: Cursor = None) -> StoryAnswer:
        """With its routing record, its deliveries and their attempts, in order of the subscription's id;
        without its body and headers. A page may have fewer deliveries than `limit`, and more to come."""
        of = f"event/{event_id}"
        place = cursors.decode(of, cursor, after=str)
        story = inspect.page(event_id, None if place is None else place["after"], limit)
        rest = None if story.after is None else {"after": story.after}
        return StoryAnswer.model_validate({**story_json(story), "next_cursor": cursors.encode(of, rest)})

    @app.get(
        TO_ONE,
        tags=TAGS,
        summary="Show an event's deliveries to one",
        responses=answers(DeliveriesAnswer),
    )
    def show_deliveries(event_id: EventId, subscription_id: SubscriptionId) -> DeliveriesAnswer:
        """The first delivery and its replays, each with all its attempts."""
        found = [d for d in inspect(event_id).deliveries if d.key.subscription_id == subscription_id]
        if not found:
            raise Refusal(404, "unknown_delivery", "the event has no delivery to this subscription")
        return DeliveriesAnswer.model_validate({"deliveries": [delivery_json(d) for d in found]})

    @app.get(
        f"{TO_ONE}/why",
        tags=TAGS,
        summary="Why one did or did not get an event",
        responses=answers(WhyAnswer),
    )
    def show_why(event_id: EventId, subscription_id: SubscriptionId) -> WhyAnswer:
        """The event held against its routing record and against the subscription as it is now."""
        return WhyAnswer.model_validate(explanation_json(explain(event_id, subscription_id)))

    @app.post(
        f"{TO_ONE}/replay",
        tags=TAGS,
        summary="Replay",
        status_code=202,
        responses=answers(DeliveryAnswer, 409, status=202),
    )
    def replay_delivery(
        event_id: EventId,
        subscription_id: SubscriptionId,
    ) -> DeliveryAnswer:
        """A new delivery of the event; history stays as it is."""
        return DeliveryAnswer.model_validate(delivery_json(replay(event_id, subscription_id)))
