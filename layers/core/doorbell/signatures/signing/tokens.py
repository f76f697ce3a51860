"""Signing for providers whose proof is a token, plain or JWT, or is made with an RSA key."""

import hashlib
import zlib
from base64 import b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.keys import key_bytes
from doorbell.signatures.signing.parts import as_object, with_headers, with_json, written_time


def token(claim: Claim) -> RawRequest:
    secret, parameters, request = claim.secrets[0], claim.parameters, claim.request
    if parameters.get("basic") == "true":
        return with_headers(request, authorization="Basic " + b64encode(secret.encode()).decode())
    if parameters.get("query"):
        query = f"{request.raw_query}&" if request.raw_query else ""
        query += f"{parameters['query']}={quote(secret, safe='')}"
        return replace(request, raw_query=query, url=f"{request.url.partition('?')[0]}?{query}")
    if parameters.get("body"):
        return with_json(request, as_object(claim) | {parameters["body"]: secret})
    value = parameters.get("prefix", "") + secret
    return replace(request, headers={**request.headers, parameters["header"].lower(): value})


def bearer(claim: Claim) -> RawRequest:
    return with_headers(claim.request, authorization=f"Bearer {claim.secrets[0]}")


def graph(claim: Claim) -> RawRequest:
    data = as_object(claim)
    items = data.get("value") or [{}]
    return with_json(
        claim.request, data | {"value": [{**item, "clientState": claim.secrets[0]} for item in items]}
    )


def jwt_request(claim: Claim) -> RawRequest:
    """HS algorithms take the secret as it is, others a private key as PEM."""
    import jwt

    parameters, request = claim.parameters, claim.request
    required = parameters.get("requires", "").split()
    claims: dict[str, Any] = as_object(claim) if parameters["header"] == "body" else {}
    claims |= {"iat": int(claim.now)} | ({"nbf": int(claim.now)} if "nbf" in required else {})
    if "exp" in required:
        claims["exp"] = int(claim.now) + 60
    for name, parameter in (("iss", "issuer"), ("aud", "audience")):
        if parameters.get(parameter):
            claims[name] = parameters[parameter].split()[0]
    if parameters.get("url_claim"):
        claims[parameters["url_claim"]] = hashlib.sha256(request.url.encode()).hexdigest()
    body_claim = parameters.get("body_claim", "none")
    if body_claim != "none" and (request.body or parameters.get("body_when_empty") == "hashed"):
        from doorbell.signatures.special.jwt_request import body_spellings

        claims[body_claim] = body_spellings(request.body, parameters.get("body_encoding") or "hex")[-1]
    if parameters.get("subject") == "url":
        claims["sub"] = request.url
    token = jwt.encode(claims, signing_key(claim), algorithm=parameters["algorithms"].split()[0])
    value = parameters.get("prefix", "") + token
    if parameters["header"] == "body":
        return replace(request, body=value.encode())
    return replace(request, headers={**request.headers, parameters["header"].lower(): value})


def signing_key(claim: Claim) -> str | bytes:
    """What PyJWT takes for a key."""
    kind, secret = claim.parameters.get("key") or "text", claim.secrets[0]
    return secret if kind == "text" or secret.startswith("-----") else key_bytes(kind, secret)


def paypal_request(claim: Claim) -> RawRequest:
    """The secret is `webhook id`, a line break, and the private key as PEM."""
    from cryptography.hazmat.primitives import hashes

    from doorbell.signatures.signing.keys import rsa_signature
    from doorbell.signatures.special import paypal

    webhook_id, _, pem = claim.secrets[0].partition("\n")
    identity, time = f"{zlib.crc32(claim.request.body):08x}", written_time(claim.now, "rfc3339")
    message = paypal.message(identity, time, webhook_id, claim.request.body)
    return with_headers(
        claim.request,
        paypal_transmission_id=identity,
        paypal_transmission_time=time,
        paypal_transmission_sig=b64encode(rsa_signature(pem, message, hashes.SHA256())).decode(),
        paypal_cert_url="https://api.paypal.com/v1/notifications/certs/CERT-demo",
        paypal_auth_algo=paypal.ALGORITHMS[0],
    )


def sns_request(claim: Claim) -> RawRequest:
    """The secret is a private key as PEM; the body becomes the message of a notification."""
    from cryptography.hazmat.primitives import hashes

    from doorbell.signatures.signing.keys import rsa_signature
    from doorbell.signatures.special import sns

    fields = {
        "Type": "Notification",
        "MessageId": hashlib.sha256(claim.request.body).hexdigest()[:36],
        "TopicArn": claim.parameters.get("topic_arn", "").split(" ")[0],
        "Message": claim.request.body.decode(),
        "Timestamp": written_time(claim.now, "rfc3339"),
        "SignatureVersion": "2",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-demo.pem",
    }
    signature = rsa_signature(claim.secrets[0], sns.message(fields), hashes.SHA256())
    return with_json(claim.request, fields | {"Signature": b64encode(signature).decode()})
