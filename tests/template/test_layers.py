"""The layers: `sam build` makes each the way that its folder is made, for the functions' processor."""

from pathlib import Path
from typing import Any

import pytest

from tests.template.reading import ROOT, written

LAYERS: dict[str, dict[str, Any]] = {
    name: body
    for name, body in written()["Resources"].items()
    if body["Type"] == "AWS::Serverless::LayerVersion"
}
MADE_BY = {"Makefile": "makefile", "requirements.txt": "python3.13"}
"""What is in a layer's folder, and how it is then made."""


def folder(layer: str) -> Path:
    found: Path = ROOT / LAYERS[layer]["Properties"]["ContentUri"]
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_built_as_its_folder_is_made(layer: str) -> None:
    """A layer without a way is not built: no package of `requirements.txt` would be in it.
    https://github.com/aws/aws-sam-cli/releases/tag/v0.50.0"""
    (made_by,) = (way for name, way in MADE_BY.items() if (folder(layer) / name).exists())
    assert LAYERS[layer]["Metadata"]["BuildMethod"] == made_by
    if made_by == "makefile":
        assert f"build-{layer}:" in (folder(layer) / "Makefile").read_text()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_built_for_the_processor_that_functions_run_on(layer: str) -> None:
    """Where none is named it is x86_64: https://github.com/aws/aws-sam-cli/pull/6508"""
    chosen = {"Ref": "Architecture"}
    assert LAYERS[layer]["Metadata"]["BuildArchitecture"] == chosen
    assert LAYERS[layer]["Properties"].get("CompatibleArchitectures", [chosen]) == [chosen]
    assert LAYERS[layer]["Properties"]["CompatibleRuntimes"] == ["python3.13"]


def test_every_folder_of_a_layer_is_one() -> None:
    folders = {path for path in (ROOT / "layers").iterdir() if path.is_dir()}
    assert {folder(layer) for layer in LAYERS} == folders
