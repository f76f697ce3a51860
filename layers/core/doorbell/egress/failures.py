"""Exceptions of `socket`, `ssl`, `http.client` and urllib3 to Doorbell's codes: the one place that knows
them.

Details are made here, not copied from the exceptions: those of urllib3 can hold the URL.
"""

from __future__ import annotations

import http.client
import ssl
from typing import Final

from urllib3.exceptions import HTTPError

from doorbell.egress.errors import EgressError, ExchangeError, GuardError
from doorbell.egress.wire import BudgetSpent, NoEnd

_TOO_LONG: Final = "headers longer or more than allowed"
_NO_END: Final = "the peer sent more TLS than any answer needs, and no end of it"


def while_resolving(error: Exception) -> EgressError:
    if isinstance(error, EgressError):
        return error
    code = "timeout" if isinstance(error, TimeoutError) else "dns_failed"
    return GuardError(code, f"looking up the host: {_words(error)}")


def while_connecting(error: Exception, peer: str) -> EgressError:
    """`peer` is address and port. Nothing of the request was sent."""
    if isinstance(error, NoEnd):
        return ExchangeError("timeout", f"{peer}: {_NO_END}")
    if isinstance(error, TimeoutError):
        return ExchangeError("timeout", f"{peer}: no connection in time")
    if isinstance(error, ssl.SSLError):
        return ExchangeError("tls_failed", f"{peer}: {_words(error)}")
    if isinstance(error, ConnectionResetError):
        return ExchangeError("connect_failed", f"{peer}: connection reset before it was ready")
    return ExchangeError("connect_failed", f"{peer}: {_words(error)}")


def while_conversing(error: Exception, status: int | None) -> EgressError:
    """The connection stood; `status` is set when the head of the answer had come."""
    code, detail = _conversing(error, "the body of the answer" if status is not None else "the answer")
    return ExchangeError(code, detail, status=status)


def _conversing(error: Exception, awaited: str) -> tuple[str, str]:
    match error:
        case EgressError():
            return error.code, error.detail
        case NoEnd():
            return "timeout", _NO_END
        case TimeoutError():
            return "timeout", f"deadline passed before {awaited} was complete"
        case BudgetSpent() | http.client.LineTooLong():
            return "headers_too_large", _TOO_LONG
        case ConnectionError() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "connection_lost", f"connection closed before {awaited} was complete"
        case ssl.SSLError():
            return "tls_failed", _words(error)
        case http.client.HTTPException() if (
            type(error) is http.client.HTTPException
        ):  # "more than 100 headers"
            return "headers_too_large", _TOO_LONG
        case http.client.IncompleteRead():
            return "connection_lost", f"connection closed before {awaited} was complete"
        case OSError():
            return "connection_lost", _words(error)
        case _:
            return "protocol_error", f"{awaited} is not HTTP ({type(error).__name__})"


def _words(error: Exception) -> str:
    """What the error says, where that is known to hold nothing of the request."""
    match error:
        case ssl.SSLCertVerificationError():
            return error.verify_message
        case ssl.SSLError():
            return error.reason or "TLS error"
        case HTTPError():
            return type(error).__name__
        case OSError():
            return error.strerror or type(error).__name__
        case _:
            return type(error).__name__
