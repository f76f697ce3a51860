"""Secrets that travel as they are, and tokens."""

from doorbell.signatures.catalogue.entry import WRITES, Each, Entry, Option
from doorbell.signatures.catalogue.shapes import ok

HEADER = {
    "header": Option("the header that carries the secret", default="authorization"),
    "prefix": Option("what stands before it, such as `Bearer `"),
}
BASIC = "https://datatracker.ietf.org/doc/html/rfc7617"

ENTRIES = (
    Entry(
        "token",
        "A shared secret in a header",
        "https://datatracker.ietf.org/doc/html/rfc6750",
        special="token",
        options=HEADER,
        methods=WRITES,
        dedupe=("each",),
        setup="Let the sender put the secret into the header. It proves the sender, not the body.",
        facts={"scheme": "RFC 6750, to which RFC 9700 (2025) adds advice and no other form"},
    ),
    Entry(
        "basic",
        "HTTP Basic",
        BASIC,
        special="token",
        parameters={"basic": "true"},
        methods=WRITES,
        dedupe=("each",),
        secret="`user:password`",
        setup="Let the sender use user and password.",
        facts={"scheme": "RFC 7617"},
    ),
    Entry(
        "url-secret",
        "A shared secret in the URL",
        "https://datatracker.ietf.org/doc/html/rfc3986#section-3.4",
        special="token",
        options={"query": Option("the parameter that holds the secret", default="secret")},
        methods=WRITES,
        dedupe=("each",),
        setup="Give the sender Doorbell's URL with ?secret=… It ends up in logs on the way.",
        facts={"scheme": "no standard: a parameter as the sender can be told"},
    ),
    Entry(
        "jwt",
        "A JSON Web Token",
        "https://datatracker.ietf.org/doc/html/rfc7519",
        special="jwt_request",
        options={
            "header": Option("the header that carries the token", default="authorization"),
            "prefix": Option("what stands before it", default="Bearer "),
            "algorithms": Option("the allowed `alg` values, between blanks", required=True),
            "jwks_url": Option("where the keys are (https), instead of a secret"),
            "issuer": Option("the required `iss`"),
            "audience": Option("the required `aud`"),
            "requires": Option("claims that must be there, between blanks", default="exp"),
            "max_age": Option("how many seconds old `iat` may be"),
            "leeway": Option("clock skew allowed for exp and nbf, seconds", default="60"),
            "body_claim": Option("the claim with the body's SHA-256, or `none`", required=True),
            "body_encoding": Option(
                "hex, base64, base64url, base64url-any (padded or not), or text: the body itself",
                default="hex",
            ),
            "url_claim": Option("the claim with the hex SHA-256 of the URL"),
            "key": Option("how the secret of an HMAC becomes a key: text, hex or base64", default="text"),
        },
        needs_secret=False,
        methods=WRITES,
        dedupe=("each",),
        secret="the HMAC key, or public keys as PEM, JWK or JWKS",
        setup="Pin the algorithms; name the body claim, without which the body is not proven.",
        facts={"scheme": "RFC 7519; which claim has the body's hash is the sender's own"},
    ),
    Entry(
        "cloudevents",
        "CloudEvents HTTP webhook",
        "https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md",
        special="bearer",
        options={"allowed_origins": Option("WebHook-Request-Origin values to allow, between blanks")},
        dedupe=("special:cloudevents.key",),
        dedupe_before=("header:ce-id", "header:ce-source"),
        event_type=("special:cloudevents.type",),
        or_type=(("body:[].type",),),
        each=Each("[]", key=("id", "source"), content_type="application/cloudevents+json"),
        unsigned=("cloudevents_options",),
        ack=ok(),
        secret="the access token",
        setup="Give the sender Doorbell's URL and the token, in Authorization: Bearer or ?access_token=.",
        facts={
            "scheme, handshake": "cloudevents/spec, http-webhook.md",
            "dedupe, event_type": "cloudevents/spec, spec.md: source and id together are one event's",
        },
    ),
    Entry(
        "zapier",
        "Webhooks by Zapier",
        "https://help.zapier.com/hc/en-us/articles/8496326446989-Send-webhooks-in-Zaps",
        special="token",
        options=HEADER,
        methods=WRITES,
        dedupe=("each",),
        setup="Action Webhooks by Zapier, POST: Doorbell's URL and the header with the secret. PATCH and"
        " DELETE need Custom Request.",
        facts={
            "scheme": "headers as one sets them and no signature (help.zapier.com, send webhooks in Zaps)",
            "retry": "by hand: replay the Zap run (help.zapier.com, Webhooks by Zapier rate limits)",
        },
    ),
    Entry(
        "wordpress",
        "WordPress webhook plugins",
        "https://wordpress.org/plugins/wp-webhooks/",
        special="token",
        options=HEADER,
        methods=WRITES,
        dedupe=("each",),
        setup="In the plugin: Doorbell's URL and a header with the secret. Where the plugin sends an id of"
        " its own, name it as the source's dedupe: X-Event-Id of Webhook Actions by Flow Systems.",
        facts={
            "scheme": "plugins vary: wp-webhooks.com/docs, and wpwebhooks.org/docs of a plugin of 2026-02",
        },
    ),
    Entry(
        "particle",
        "Particle",
        "https://docs.particle.io/reference/cloud-apis/webhooks/",
        special="token",
        parameters={"basic": "true"},
        methods=WRITES,
        event_type=("body:event", "form:event"),
        ack=ok(20),
        window_hours=24,
        secret="`user:password`, as in the template's `auth`",
        setup="Integrations, Webhook: URL, and in the custom template `auth` with username and password. Keep"
        " the default data: published_at alone tells two equal readings apart. With `noDefaults` put"
        " {{{PARTICLE_EVENT_ID}}} into the body.",
        facts={
            "scheme, event_type, ack": "docs.particle.io/reference/cloud-apis/webhooks",
            "dedupe": "the hash: events come at least once (the same page)",
            "retry": "after 30 s and 1 min, where too many failed and it was skipped (the same page)",
        },
    ),
)
