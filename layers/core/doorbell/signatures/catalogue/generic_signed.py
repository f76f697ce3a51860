"""Standard forms of signatures that a source's own sender may use: RFC 9421, RFC 7515 and RFC 7797."""

from doorbell.signatures.catalogue.entry import WRITES, Entry, Option

ALGORITHMS = Option("the allowed `alg` values, between blanks", required=True)
JWKS = Option("where the keys are (https), instead of a secret")
KEY = Option("how the secret of an HMAC becomes a key: text, hex or base64", default="text")

ENTRIES = (
    Entry(
        "http-signature",
        "HTTP Message Signatures",
        "https://www.rfc-editor.org/rfc/rfc9421",
        special="http_signature",
        options={
            "algorithm": Option(
                "hmac-sha256, ed25519, ecdsa-p256-sha256, rsa-pss-sha512 or rsa-v1_5-sha256", required=True
            ),
            "requires": Option("the parts that must be signed, between blanks", default="content-digest"),
            "binds_body": Option("`false` where content-digest is not among them"),
            "jwks_url": JWKS,
            "key": KEY,
            "keyid": Option("the required `keyid`, one of several between blanks"),
            "tag": Option("the required `tag`, one of several between blanks"),
        },
        needs_secret=False,
        methods=WRITES,
        dedupe=("special:http_signature.key",),
        window_hours=1,
        secret="the HMAC key, or public keys as PEM, JWK or JWKS (Ed25519: also hex or base64)",
        setup="Pin the algorithm. Let the sender sign content-digest (RFC 9530) and `created`; better @method"
        " and @target-uri too, and a nonce. Of several signatures the first counts.",
        facts={
            "scheme, tolerance": "RFC 9421 and RFC 9530, with their examples; no @status, sf, bs, req, tr;"
            " a salt of any length (RSA-PSS)",
            "dedupe": "RFC 9421, 7.2.2: a nonce, otherwise what is signed",
            "retry": "the sender's own",
        },
    ),
    Entry(
        "jws",
        "A detached JSON Web Signature",
        "https://www.rfc-editor.org/rfc/rfc7797",
        special="detached_jws",
        options={
            "header": Option("the header that carries it", default="x-jws-signature"),
            "algorithms": ALGORITHMS,
            "payload": Option("raw (RFC 7797) or encoded (RFC 7515, appendix F)", default="raw"),
            "issued": Option("the member of its own header that says when it was signed, in seconds"),
            "jwks_url": JWKS,
            "key": KEY,
        },
        needs_secret=False,
        methods=WRITES,
        dedupe=("special:detached_jws.{header}", "hash"),
        secret="the HMAC key, or public keys as PEM, JWK or JWKS",
        setup="Pin the algorithms. Let the sender say in its header when it signed, and name that member in"
        " `issued`: without it a request is good at any time.",
        facts={
            "scheme": "RFC 7515, appendix F, and RFC 7797, with its examples: `crit` is b64 and no other",
            "dedupe": "RFC 7515, 4: the token's header is signed, and the body is",
        },
    ),
    Entry(
        "jwt.body",
        "A body that is a JSON Web Token",
        "https://www.rfc-editor.org/rfc/rfc7519",
        special="jwt_request",
        parameters={"header": "body", "body_claim": "none"},
        taken_once=True,
        options={
            "algorithms": ALGORITHMS,
            "jwks_url": JWKS,
            "issuer": Option("the required `iss`"),
            "audience": Option("the required `aud`"),
            "requires": Option("claims that must be there, between blanks", default="exp"),
            "max_age": Option("how many seconds old `iat` may be"),
            "leeway": Option("clock skew allowed for exp and nbf, seconds", default="60"),
            "url_claim": Option("the claim with the hex SHA-256 of the URL"),
            "key": KEY,
        },
        needs_secret=False,
        methods=WRITES,
        dedupe=("special:jwt_request.once",),
        event_type=("special:jwt_request.body.type",),
        secret="the HMAC key, or public keys as PEM, JWK or JWKS",
        setup="Pin the algorithms. What the source's dedupe and event_type name in `body` is read among the"
        " token's claims.",
        facts={
            "scheme": "RFC 7519 and RFC 7515, compact serialization",
            "dedupe": "RFC 7519, 4.1.7: `jti`, otherwise all claims",
            "event_type": "the sender's own: claim `type`, unless the source says otherwise",
        },
    ),
)
