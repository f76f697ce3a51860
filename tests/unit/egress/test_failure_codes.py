"""Each way in which an exchange can fail has its code, which retry rules know, and words of what happened."""

from __future__ import annotations

import errno
import http.client
import ssl

import pytest
from urllib3.exceptions import LocationParseError

from doorbell.domain.failures import NETWORK_ERRORS, TIMEOUT
from doorbell.egress.errors import EgressError, GuardError
from doorbell.egress.failures import while_connecting, while_conversing, while_resolving
from doorbell.egress.wire import BudgetSpent, DeadlinePassed, NoEnd

CUT = "connection closed before the answer was complete"
TOO_LONG = "headers longer or more than allowed"
UNREACHABLE = OSError(errno.ENETUNREACH, "Network is unreachable")


def certificate_error() -> ssl.SSLError:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "certificate has expired"
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError()
    error.reason = reason
    return error


CONVERSING: list[tuple[Exception, str, str]] = [
    (GuardError("address_not_allowed", "it is private"), "address_not_allowed", "it is private"),
    (NoEnd(), "timeout", "the peer sent more TLS than any answer needs, and no end of it"),
    (DeadlinePassed(), "timeout", "deadline passed before the answer was complete"),
    (BudgetSpent(), "headers_too_large", TOO_LONG),
    (http.client.LineTooLong("header line"), "headers_too_large", TOO_LONG),
    (http.client.HTTPException("got more than 100 headers"), "headers_too_large", TOO_LONG),
    (ConnectionResetError(), "connection_lost", CUT),
    (http.client.RemoteDisconnected(""), "connection_lost", CUT),
    (ssl.SSLEOFError(), "connection_lost", CUT),
    (ssl.SSLZeroReturnError(), "connection_lost", CUT),
    (http.client.IncompleteRead(b"half"), "connection_lost", CUT),
    (UNREACHABLE, "connection_lost", "Network is unreachable"),
    (OSError(), "connection_lost", "OSError"),
    (tls_error("BAD_RECORD_TYPE"), "tls_failed", "BAD_RECORD_TYPE"),
    (http.client.BadStatusLine("SSH-2.0"), "protocol_error", "the answer is not HTTP (BadStatusLine)"),
]
PEER = "192.0.2.1:443"
CONNECTING: list[tuple[Exception, str, str]] = [
    (NoEnd(), "timeout", "the peer sent more TLS than any answer needs, and no end of it"),
    (TimeoutError(), "timeout", "no connection in time"),
    (certificate_error(), "tls_failed", "certificate has expired"),
    (tls_error("WRONG_VERSION_NUMBER"), "tls_failed", "WRONG_VERSION_NUMBER"),
    (tls_error(""), "tls_failed", "TLS error"),
    (ConnectionResetError(), "connect_failed", "connection reset before it was ready"),
    (
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        "connect_failed",
        "Connection refused",
    ),
    (UNREACHABLE, "connect_failed", "Network is unreachable"),
    (LocationParseError("https://x/?key=secret"), "connect_failed", "LocationParseError"),
]


def told(error: EgressError) -> tuple[str, str]:
    return error.code, error.detail


def named(case: object) -> str | None:
    return type(case).__name__ if isinstance(case, Exception) else None


@pytest.mark.parametrize(("error", "code", "detail"), CONVERSING, ids=named)
def test_what_goes_wrong_on_a_connection_that_stands(error: Exception, code: str, detail: str) -> None:
    assert told(while_conversing(error, None)) == (code, detail)


@pytest.mark.parametrize(("error", "code", "detail"), CONNECTING, ids=named)
def test_what_goes_wrong_while_connecting_names_the_peer(error: Exception, code: str, detail: str) -> None:
    assert told(while_connecting(error, PEER)) == (code, f"{PEER}: {detail}")


def test_what_goes_wrong_while_looking_up_a_host() -> None:
    refused = GuardError("address_not_allowed", "it is private")
    assert while_resolving(refused) is refused
    assert told(while_resolving(TimeoutError()))[0] == "timeout"
    unknown = OSError(-2, "Name or service not known")
    assert told(while_resolving(unknown)) == ("dns_failed", "looking up the host: Name or service not known")


def test_retry_rules_know_each_of_these_codes() -> None:
    codes = {code for error, code, _ in (*CONVERSING, *CONNECTING) if not isinstance(error, EgressError)}
    assert codes | {"dns_failed"} == NETWORK_ERRORS | {TIMEOUT}
