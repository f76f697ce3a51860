"""What Doorbell signs, verified by the official JavaScript libraries: Standard Webhooks and Svix."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from doorbell.signatures.signing.outgoing import sign
from tests.support.docs import README, blocks
from tests.support.patience import HANG_SECONDS

HERE = Path(__file__).parent / "npm"
NEW, OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"text":"Größe 🔔","n":1}'

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="node and npm are not installed"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries, installed apart: nothing of them stays in the tree."""
    place = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "verify.js"):
        shutil.copy(HERE / name, place / name)
    subprocess.run(
        ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=place,
        check=True,
        capture_output=True,
        timeout=HANG_SECONDS,
    )
    return place


def judged(folder: Path, cases: Sequence[dict[str, Any]]) -> list[list[bool]]:
    """For each case: does standardwebhooks accept it, does svix?"""
    done = subprocess.run(
        ["node", "verify.js"],
        cwd=folder,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=HANG_SECONDS,
    )
    verdicts: list[list[bool]] = json.loads(done.stdout)
    return verdicts


def case(secret: str, signed_with: Sequence[str], body: str = BODY) -> dict[str, Any]:
    headers = sign("standard", signed_with, "evt_1", int(time.time()), BODY.encode())
    return {"secret": secret, "headers": headers, "body": body}


def test_the_javascript_libraries_accept_what_is_sent_also_during_rotation(folder: Path) -> None:
    cases = [case(NEW, [NEW]), case(NEW, [NEW, OLD]), case(OLD, [NEW, OLD])]
    assert judged(folder, cases) == [[True, True]] * 3


def test_the_javascript_libraries_refuse_one_changed_byte_and_another_secret(folder: Path) -> None:
    cases = [case(NEW, [NEW], BODY.replace("1", "2")), case(OLD, [NEW])]
    assert judged(folder, cases) == [[False, False]] * 2


def runs(folder: Path, script: str, **given: object) -> bool:
    """Whether node comes to the end of `script`, with `given` as its constants."""
    constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    done = subprocess.run(
        ["node", "-e", constants + script], cwd=folder, capture_output=True, timeout=HANG_SECONDS
    )
    return done.returncode == 0


def test_the_javascript_of_the_readme_verifies_what_is_sent_and_nothing_else(folder: Path) -> None:
    (block,) = blocks(README, "js")
    script = block.text.replace("whsec_…", NEW)
    headers = sign("standard", [NEW], "evt_1", int(time.time()), BODY.encode())
    assert runs(folder, script, body=BODY, headers=headers)
    assert not runs(folder, script, body=BODY + " ", headers=headers)
