"""Sales, marketing and support."""

from doorbell.signatures.catalogue.entry import ANY, WRITES, AckRule, Each, Entry
from doorbell.signatures.catalogue.shapes import ok, packed
from doorbell.signatures.catalogue.work import version_zero
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

HUBSPOT = "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests"
HUBSPOT_SECRET = "the app's client secret"
HUBSPOT_SETUP = "The app's webhook settings: Target URL; give the same text as public_url."
HUBSPOT_ACK = AckRule(limit_seconds=5)
HUBSPOT_EACH = Each("[]", key=("eventId", "subscriptionId", "occurredAt"))


def hubspot_old(*message: str) -> Scheme:
    """Plain SHA-256 with the secret in front: versions 1 and 2."""
    return Scheme(SignatureAt(headers=("x-hubspot-signature",)), message, "sha256", url_forms="decoded")


ENTRIES = (
    Entry(
        "hubspot",
        "HubSpot (v3)",
        HUBSPOT,
        Scheme(
            SignatureAt(headers=("x-hubspot-signature-v3",), encoding="base64"),
            message=("method", "url", "body", "timestamp"),
            timestamp=TimestampAt(headers=("x-hubspot-request-timestamp",), unit="ms"),
            url_forms="decoded",
        ),
        methods=ANY,
        dedupe=("list:[].eventId", "list:[].subscriptionId", "list:[].occurredAt"),
        event_type=("body:[].subscriptionType",),
        only_json=True,
        each=HUBSPOT_EACH,
        ack=HUBSPOT_ACK,
        window_hours=48,
        secret=HUBSPOT_SECRET,
        setup=HUBSPOT_SETUP,
        facts={
            "scheme": "HubSpot/hubspot-api-nodejs, tests",
            "tolerance": "developers.hubspot.com/changelog/introducing-version-3-of-webhook-signatures",
            "dedupe, event_type, ack": "from memory: eventId alone may come twice",
            "retry": "10 in 24 h (insightsalesglobal.com/blog/hubspot-webhooks-retry, secondary), never"
            " after 400, 401, 403, 404 and 405 (HubSpot's forum, secondary)",
        },
    ),
    Entry(
        "hubspot.v2",
        "HubSpot (v2)",
        HUBSPOT,
        hubspot_old("secret", "method", "url", "body"),
        methods=ANY,
        dedupe=("list:[].eventId", "list:[].subscriptionId", "list:[].occurredAt"),
        event_type=("body:[].subscriptionType",),
        each=HUBSPOT_EACH,
        only_json=True,
        ack=HUBSPOT_ACK,
        window_hours=48,
        secret=HUBSPOT_SECRET,
        setup=HUBSPOT_SETUP + " Prefer v3: this one has no time and is open to length extension.",
        facts={
            "scheme": "HubSpot/hubspot-api-nodejs, tests",
            "dedupe, event_type, ack, retry": "from memory, as of `hubspot`",
        },
    ),
    Entry(
        "hubspot.v1",
        "HubSpot (v1)",
        HUBSPOT,
        hubspot_old("secret", "body"),
        methods=WRITES,
        dedupe=("list:[].eventId", "list:[].subscriptionId", "list:[].occurredAt"),
        event_type=("body:[].subscriptionType",),
        each=HUBSPOT_EACH,
        only_json=True,
        ack=HUBSPOT_ACK,
        window_hours=48,
        secret=HUBSPOT_SECRET,
        setup=HUBSPOT_SETUP + " Prefer v3: this one has no time and is open to length extension.",
        facts={
            "scheme": "HubSpot/hubspot-api-nodejs, tests",
            "dedupe, event_type, ack, retry": "from memory, as of `hubspot`",
        },
    ),
    Entry(
        "zoho.crm",
        "Zoho CRM notifications",
        "https://www.zoho.com/crm/developer/docs/api/v8/notifications/enable.html",
        special="token",
        parameters={"body": "token"},
        event_type=("body:module", "body:operation"),
        token_at="token",
        ack=ok(),
        secret="the `token` given to /actions/watch (at most 50 characters)",
        setup="Enable notifications by API with notify_url and token; renew the channel in time.",
        facts={
            "scheme, event_type": "zoho.com/crm/developer/docs/api/v7/notifications/enable.html",
            "dedupe": "no id is documented: the body's hash",
        },
    ),
    Entry(
        "zoho.payments",
        "Zoho Payments",
        "https://www.zoho.com/in/payments/developerdocs/webhooks/verification/",
        packed("x-zoho-webhook-signature", time="t", signature="v", unit="ms"),
        dedupe=("body:event_id",),
        event_type=("body:event_type",),
        ack=AckRule(limit_seconds=15),
        window_hours=72,
        secret="the webhook's signing key",
        setup="Settings, Developer Space, Webhooks: URL; copy the signing key.",
        facts={
            "scheme, ack": "zoho.com/in/payments/developerdocs/webhooks/verification",
            "tolerance": "none documented",
            "event_type": "from memory",
            "dedupe": "zoho.com/in/payments/developerdocs/webhooks/best-practices",
            "retry": "2 days: hourly, then every 2 h (zoho.com/us/payments/developerdocs/go-live)",
        },
    ),
    Entry(
        "customerio",
        "Customer.io reporting webhooks",
        "https://docs.customer.io/journeys/webhooks/#securely-verify-requests",
        version_zero("x-cio-signature", "x-cio-timestamp"),
        dedupe=("body:event_id",),
        event_type=("body:object_type", "body:metric"),
        ack=ok(4),
        window_hours=168,
        secret="the webhook signing key",
        setup="Data & Integrations, Reporting webhooks: endpoint; copy the signing key.",
        facts={
            "scheme": "docs.customer.io/journeys/webhooks, as public code quotes it (secondary)",
            "tolerance": "none documented",
            "dedupe, event_type": "secondary",
            "ack": "docs.customer.io/api/webhooks: 4 s",
            "retry": "7 days (docs.customer.io/journeys/webhooks)",
            "addresses": "12 in the US, 10 in the EU: docs.customer.io/accounts-and-workspaces/ip-addresses",
        },
    ),
)
