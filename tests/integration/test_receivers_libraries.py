"""What the documents say that receivers' libraries accept, asked of those that are here."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.metadata import version

import pytest
from cryptography.exceptions import InvalidSignature

from doorbell.signatures.signing.outgoing import public_key
from tests.receivers.cases import BODY, PAIR, all_cases, signed
from tests.receivers.libraries import LIBRARIES
from tests.receivers.tables import PLACES, table
from tests.receivers.verify import LIBRARIES as PYTHON
from tests.receivers.verify import verdict
from tests.support.docs import ROOT, blocks, rows, section

PAGE = ROOT / "docs" / "receivers.md"


@pytest.mark.parametrize(("of", "page", "heading"), PLACES, ids=[of for of, _, _ in PLACES])
@pytest.mark.parametrize("library", ["standardwebhooks", "svix"])
def test_the_tables_say_what_the_libraries_do(of: str, page: str, heading: str, library: str) -> None:
    label = f"{library} {version(library)} (PyPI)"
    verdicts = {label: [verdict(PYTHON[library], case.document) for case in all_cases()]}
    found = rows("\n" + table(verdicts, of))
    assert found[0] in rows(section((ROOT / page).read_text(), heading))


def test_every_library_that_is_measured_has_its_row_and_no_other() -> None:
    for heading in ("## Signatures", "## Secrets and headers"):
        shown = [row[0] for row in rows(section(PAGE.read_text(), heading))]
        assert shown == [library.label for library in LIBRARIES]


def test_the_python_of_the_key_pair_verifies_what_is_sent_and_nothing_else() -> None:
    (block,) = blocks(PAGE, "python")
    names: dict[str, object] = {}
    exec(block.text, names)
    verify = names["verify"]
    assert callable(verify)
    verify(public_key(PAIR), signed(PAIR, form="standard-ed25519"), BODY)
    with pytest.raises(InvalidSignature):
        verify(public_key(PAIR), signed(PAIR, form="standard-ed25519"), BODY + b" ")
    with pytest.raises(ValueError, match="five minutes"):
        verify(public_key(PAIR), signed(PAIR, form="standard-ed25519", age=400), BODY)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("age", "added", "right"),
    [(0, "", True), (0, " ", False), (400, "", False)],
    ids=["sent", "altered", "old"],
)
def test_the_javascript_of_the_key_pair_does_too(age: int, added: str, right: bool) -> None:
    (block,) = blocks(PAGE, "js")
    headers = signed(PAIR, form="standard-ed25519", age=age)
    body = json.dumps(BODY.decode() + added)
    call = f"verified({json.dumps(public_key(PAIR))}, {json.dumps(headers)}, Buffer.from({body}))"
    done = subprocess.run(
        ["node", "-e", f"{block.text}\nconsole.log({call});"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(right).lower()
