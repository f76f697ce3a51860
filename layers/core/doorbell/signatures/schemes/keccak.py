"""Keccak-256 as Ethereum has it: SHA3-256 (FIPS 202) with the padding of before the standard.

Neither OpenSSL as Lambda has it nor `cryptography` offers it, and it is one page. About a millisecond for
136 bytes of a message that nobody has proven yet: hence `MAX_BYTES`.
https://keccak.team/keccak_specs_summary.html
"""

from doorbell.domain.errors import SignatureError

MAX_BYTES = 128 * 1024
RATE = 136
_MASK = (1 << 64) - 1
_ROTATIONS = (
    (0, 36, 3, 41, 18), (1, 44, 10, 45, 2), (62, 6, 43, 15, 61), (28, 55, 25, 21, 56), (27, 20, 39, 8, 14),
)  # fmt: skip


def _round_constants() -> list[int]:
    """By the linear feedback shift register of the specification."""
    constants, state = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if state & 1:
                constant |= 1 << ((1 << j) - 1)
            state = (state << 1) ^ (0x171 if state & 0x80 else 0)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def keccak256(message: bytes) -> bytes:
    """`SignatureError("body_too_large")` for more than `MAX_BYTES`."""
    if len(message) > MAX_BYTES:
        raise SignatureError("body_too_large")
    padded = bytearray(message + b"\x01" + bytes(-(len(message) + 1) % RATE))
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), RATE):
        for i in range(RATE // 8):
            at = start + 8 * i
            lanes[i % 5][i // 5] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lanes[x][0].to_bytes(8, "little") for x in range(4))


def _permuted(a: list[list[int]]) -> list[list[int]]:
    for constant in _CONSTANTS:
        c = [x[0] ^ x[1] ^ x[2] ^ x[3] ^ x[4] for x in a]
        d = [c[x - 1] ^ _turned(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = _turned(a[x][y] ^ d[x], _ROTATIONS[x][y])
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        a[0][0] ^= constant
    return a


def _turned(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK
