"""The stable codes of refusals, for people."""

WORDS = {
    "source_disabled": "The source was disabled.",
    "source_misconfigured": "The source could not be used: see `doorbell check`.",
    "provider_unknown": "The source's provider is not in the catalogue.",
    "secret_missing": "The source had no secret.",
    "secret_malformed": "None of the source's secrets is a key of the provider's kind.",
    "body_too_large": "The body was larger than the source takes: see max_body_bytes.",
    "address_not_allowed": "The sender's address is not in the source's allowed_cidrs.",
    "method_not_allowed": "The provider does not use this HTTP method.",
    "content_type_not_allowed": "The content type is none of the source's content_types.",
    "schema_mismatch": "The body does not fit the source's json_schema.",
    "handshake_not_expected": "A handshake came while the source was not waiting for one.",
    "signature_missing": "There was no signature.",
    "signature_malformed": "The signature is not written as the provider writes it.",
    "signature_duplicated": "The signature was sent twice.",
    "signature_mismatch": "The signature does not fit what came.",
    "digest_mismatch": "The body is not the one whose digest is signed: something changed it on the way.",
    "part_missing": "Something that must be signed is not there, or is not signed.",
    "timestamp_missing": "There was no signed time.",
    "timestamp_malformed": "The signed time cannot be read.",
    "timestamp_out_of_tolerance": "The signed time was too far from the time at which it came.",
    "header_missing": "A header that is signed was not there.",
    "header_unexpected": "A header has another value than the source's scheme requires.",
    "token_missing": "There was no token.",
    "token_malformed": "The token is not written as the source expects.",
    "claim_missing": "The token lacks a claim that the source requires.",
    "claim_mismatch": "A claim of the token does not fit the request or the source.",
    "algorithm_not_allowed": "It is signed with an algorithm that the source does not allow.",
    "key_not_found": "The key that it names is not in the key set.",
    "topic_not_allowed": "The topic is none of the source's topic_arn.",
    "certificate_url_not_allowed": "The certificate's URL is not the provider's.",
    "certificate_untrusted": "The certificate is not the provider's.",
    "request_malformed": "The request cannot be read.",
}
_SIZES = ((86_400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))


def age(seconds: float, *, plain: bool = False) -> str:
    """`14 minutes old`, or `2 hours in the future`; `plain`: the span alone."""
    size, word = next((one for one in _SIZES if abs(seconds) >= 2 * one[0]), _SIZES[-1])
    span = f"{round(abs(seconds) / size)} {word}"
    if plain:
        return span
    return f"{span} old" if seconds >= 0 else f"{span} in the future"
