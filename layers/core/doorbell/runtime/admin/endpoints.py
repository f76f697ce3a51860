"""`…/subscriptions/{subscription_id}/health`: the breaker of a subscription's endpoint."""

from typing import Protocol

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from doorbell.domain import health
from doorbell.domain.subscriptions import scoped
from doorbell.runtime.admin.answers import Health
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import SubscriptionId, TenantId
from doorbell.runtime.admin.subscriptions import ONE
from doorbell.runtime.admin_api import iso
from doorbell.usecases.ports import Clock

TAGS = ["endpoints"]


class Endpoints(Protocol):
    def health(self, endpoint_id: str) -> health.Health: ...
    def reset(self, endpoint_id: str) -> None: ...


def register(app: APIGatewayHttpResolver, endpoints: Endpoints, clock: Clock) -> None:

    def answer(tenant_id: str, subscription_id: str) -> Health:
        seen = endpoints.health(scoped(tenant_id, subscription_id))
        return Health(
            circuit=seen.circuit(clock()).value,
            failures=seen.failures,
            failing_since=iso(seen.failing_since),
            parked_until=iso(seen.parked_until),
            parks=seen.parks,
        )

    @app.get(f"{ONE}/health", tags=TAGS, summary="Show an endpoint's health", responses=answers(Health))
    def show_health(tenant_id: TenantId, subscription_id: SubscriptionId) -> Health:
        """One that never failed, or is not known, is healthy."""
        return answer(tenant_id, subscription_id)

    @app.post(f"{ONE}/health/reset", tags=TAGS, summary="Close the breaker", responses=answers(Health))
    def reset_health(tenant_id: TenantId, subscription_id: SubscriptionId) -> Health:
        """What waits goes out as it comes due; the next failure counts as the first."""
        endpoints.reset(scoped(tenant_id, subscription_id))
        return answer(tenant_id, subscription_id)
