"""Our verification of a genuine request beside the provider's SDK's, for every case and two sizes of body.

Each side first accepts the genuine request and refuses the same one with a byte of its body changed.
"""

import gc
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from measure import side_by_side, told
from verify_cases import CASES, Case, Check

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures import gate
from doorbell.signatures.catalogue import find
from doorbell.signatures.signing.keys import public_half
from doorbell.signatures.signing.request import sign_request

URL = "https://bench.execute-api.us-east-1.amazonaws.com/in/bench"
SIZES = {"2kb": 2048, "200kb": 200 * 1024}
SEED = "1f" * 32


def private_key(case: Case) -> str:
    """What the provider signs with."""
    if case.key == "spki":
        key = ec.generate_private_key(ec.SECP256R1())
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return SEED if case.key == "hex" else case.secret


@dataclass
class Ours:
    """One source and one request as the gate meets them."""

    case: Case
    request: RawRequest
    secret: str

    @cached_property
    def source(self) -> Source:
        case = self.case
        return Source("bench", case.provider, options=case.options, tolerance_seconds=case.tolerance)

    def check(self) -> Check:
        """The check of a claim: signature, time, encoding. The claim is to it what its arguments are to
        the SDK's call."""
        entry = find(self.case.provider)
        assert entry is not None
        claim = gate.Gate().claim(self.source, entry, self.request, (self.secret,), None, time.time())
        check = gate.checker(entry)
        return lambda: check(claim)

    def examine(self) -> Check:
        """All that the gate does: besides the check the event's id and type, and its headers cleaned."""
        source, request, secrets = self.source, self.request, (self.secret,)
        examine = gate.Gate().examine
        return lambda: examine(source, request, secrets, verify_token=None, ingest_id="in_1", now=time.time())


def pairs(case: Case, size: int) -> Iterator[tuple[str, Check, Check]]:
    """What is compared: its name, our call, the SDK's."""
    private = private_key(case)
    stored = public_half(case.key, private) if case.key else private
    request = sign_request(
        case.provider,
        private,
        url=URL,
        body=case.body(size),
        headers=case.all_headers,
        now=time.time(),
        options=case.options,
    )
    forged = replace(request, body=request.body[:-3] + bytes([request.body[-3] ^ 1]) + request.body[-2:])
    ours, spoilt = Ours(case, request, stored), Ours(case, forged, stored)
    compared = [("check", Ours.check, case.sdk), ("gate", Ours.examine, case.sdk)]
    if case.whole is not None:
        compared.append(("whole", Ours.examine, case.whole))
    for name, we, sdk in compared:
        assert accepts(we(ours)), (case, name, "our genuine")
        assert accepts(sdk(request, stored)), (case, name, "the SDK's genuine")
        assert not accepts(we(spoilt)), (case, name, "our forged")
        assert not accepts(sdk(forged, stored)), (case, name, "the SDK's forged")
        yield name, we(ours), sdk(request, stored)


def accepts(check: Check) -> bool:
    try:
        return check() is not False
    except Exception:  # each SDK has errors of its own
        return False


def effort(*calls: Check) -> tuple[int, int]:
    """Rounds and calls in each: a round of some 3 ms, fewer rounds of what takes longer."""
    began = time.perf_counter()
    for call in calls:
        call()
    seconds = (time.perf_counter() - began) / len(calls)
    return 80 if seconds < 0.003 else 10, max(1, min(200, int(0.003 / seconds)))


def figures(case: Case) -> dict[str, float]:
    """p50 in microseconds of both sides, and how many times the SDK's speed ours is."""
    found: dict[str, float] = {}
    for label, size in SIZES.items():
        for name, us, them in pairs(case, size):
            gc.freeze()  # or each parsed body has the collector look through all that the SDKs are made of
            mine, other = side_by_side(us, them, *effort(us, them))
            a, b = mine.figures("p")["p_p50_us"], other.figures("p")["p_p50_us"]
            found |= {f"{label}_{name}_us": a, f"{label}_{name}_sdk_us": b, f"{label}_{name}_ratio": b / a}
    return found


if __name__ == "__main__":
    told({case.name: {"sdk": f"{case.package} {version(case.package)}", **figures(case)} for case in CASES})
    sys.exit()
