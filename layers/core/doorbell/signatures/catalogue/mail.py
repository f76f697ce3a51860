"""Mail."""

from doorbell.signatures.catalogue.entry import Each, Entry, Option
from doorbell.signatures.catalogue.shapes import ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

DAY = 86_400

ENTRIES = (
    Entry(
        "sendgrid",
        "Twilio SendGrid",
        "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
        Scheme(
            SignatureAt(headers=("x-twilio-email-event-webhook-signature",), encoding="base64"),
            message=("timestamp", "body"),
            algorithm="ecdsa-p256-sha256",
            key="spki",
            timestamp=TimestampAt(headers=("x-twilio-email-event-webhook-timestamp",), tolerance=DAY),
        ),
        event_type=("body:[].event",),
        only_json=True,
        each=Each("[]", key=("sg_event_id",)),
        ack=ok(),
        window_hours=48,
        secret="the verification key (a public key)",
        setup="Mail Settings, Event Webhook: Post URL, Signed Event Webhook.",
        facts={
            "scheme": "sendgrid/sendgrid-python and sendgrid-nodejs, tests",
            "tolerance": "none documented",
            "event_type": "the same page as of the id",
            "dedupe": "sg_event_id: docs.sendgrid.com/for-developers/tracking-events/troubleshooting",
            "retry": "24 h (the same page)",
        },
    ),
    Entry(
        "mailgun",
        "Mailgun",
        "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        special="mailgun",
        dedupe=("special:mailgun.token",),
        event_type=("body:event-data.event",),
        or_type=(("body:event",),),
        ack=ok(),
        window_hours=24,
        binds_body=False,
        secret="the HTTP webhook signing key",
        setup="Sending, Webhooks: URL. The event itself is not signed, so each token is taken once.",
        facts={
            "scheme, dedupe, event_type": "the token is signed, and to be taken once"
            " (documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks)",
            "tolerance": "none documented",
            "retry": "8 h; 406 stops them"
            " (documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries)",
        },
    ),
    Entry(
        "mailchimp",
        "Mailchimp Marketing",
        "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
        special="token",
        options={"query": Option("the URL parameter that holds the secret", default="secret")},
        event_type=("form:type",),
        unsigned=("get_probe",),
        ack=ok(),
        secret="a random text of yours, part of the URL",
        setup="Audience, Settings, Webhooks: Doorbell's URL with ?secret=…",
        facts={
            "scheme, event_type, handshake": "secondary source: no signature exists",
        },
    ),
    Entry(
        "mandrill",
        "Mailchimp Transactional (Mandrill)",
        "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
        special="twilio",
        parameters={"header": "x-mandrill-signature"},
        dedupe=("special:twilio.called", "special:twilio.signed"),
        dedupe_before=("special:twilio.signed",),
        event_type=("body:mandrill_events.[].event",),
        or_type=(("body:mandrill_events.[].type", "body:mandrill_events.[].action"),),
        each=Each("mandrill_events.[]", empty="ping"),
        unsigned=("head_probe",),
        ack=ok(),
        secret="the webhook's authentication key",
        setup="Settings, Webhooks: Post to URL; give the same text as public_url.",
        facts={
            "scheme, handshake": "secondary source",
            "dedupe": "what is signed: an id is not",
            "event_type": "at most 1,000 events in a request"
            " (mailchimp.com/developer/transactional/docs/webhooks)",
        },
    ),
    Entry(
        "postmark",
        "Postmark",
        "https://postmarkapp.com/developer/webhooks/webhooks-overview#protecting-your-webhook",
        special="token",
        parameters={"basic": "true"},
        dedupe=("header:x-pm-webhook-trace-id",),
        dedupe_before=("nothing",),
        event_type=("body:RecordType",),
        ack=ok(),
        window_hours=24,
        secret="`user:password`, as put into the URL",
        setup="Servers, Webhooks: Doorbell's URL as https://user:password@… Nothing is signed: have"
        " preset:postmark in allowed_cidrs, too.",
        facts={
            "scheme, event_type": "postmarkapp.com/developer/webhooks/webhooks-overview",
            "dedupe": "since 2026-08, the same over retries (the same page, as others quote it:"
            " secondary); older requests by the hash of the body",
            "retry": "10 in 10.5 h; 403 stops them"
            " (postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark, 2025-11)",
        },
    ),
)
