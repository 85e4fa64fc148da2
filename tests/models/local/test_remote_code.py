"""No checkpoint runs code of its own while it loads: every call that could says that it may not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.models.local.checkpoint import Checkpoint
from mmdt.plugins import open_model

LOADERS = frozenset({"from_pretrained", "from_config", "pipeline", "load_dataset", "LLM"})
"""Functions of transformers, diffusers, datasets and vllm that load what somebody published."""
PASSED_ON = frozenset({"**checkpoint.where()", "**where", "**parts"})
"""Arguments that hold it: of ``Checkpoint.where`` (see its test), and of the pipelines for faces."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in Path(mmdt.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in LOADERS and "self.pipeline" not in ast.unparse(node.func):
                    yield f"{path.name}:{node.lineno}", node


def forbids(call: ast.Call) -> bool:
    """Whether it says ``trust_remote_code=False``, or passes on options that were made where it is said."""
    for keyword in call.keywords:
        if keyword.arg == "trust_remote_code":
            return isinstance(keyword.value, ast.Constant) and keyword.value.value is False
    passed = [f"**{ast.unparse(keyword.value)}" for keyword in call.keywords if keyword.arg is None]
    return any(each in PASSED_ON or "'trust_remote_code': False" in each for each in passed)


def test_every_loader_forbids_code_of_the_checkpoint() -> None:
    found = dict(calls())
    assert found, "the loaders have other names now: name them here"
    assert not [where for where, call in found.items() if not forbids(call)]


def test_the_arguments_that_are_passed_on_forbid_it() -> None:
    assert Checkpoint("some/model", "").where()["trust_remote_code"] is False
    source = (Path(mmdt.__file__).parent / "evaluators/faces/hf.py").read_text("utf-8")
    assert 'parts["trust_remote_code"] = False' in source


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("vllm/org/model", {"engine": "offline", "engine_args": {"trust_remote_code": True}}),
        ("vllm/org/model", {"engine": "offline", "engine_args": {"trust-remote-code": "yes"}}),
        ("inspect/hf/org/model", {"model_args": {"trust_remote_code": True}}),
    ],
)
def test_no_setting_allows_it(model: str, settings: dict[str, Any]) -> None:
    """Settings may come with a run folder from anywhere, which somebody resumes."""
    with pytest.raises(UsageError, match="runs no code that comes with a checkpoint"):
        open_model(model, settings)


def test_nothing_allows_it() -> None:
    for path in Path(mmdt.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "trust_remote_code":
                assert ast.unparse(node.value) == "False", path
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "trust_remote_code":
                        assert ast.unparse(value) == "False", path


def test_no_unpickling_and_no_evaluation() -> None:
    """Nothing that comes from outside is run: the one exception is the plugin file that the user names."""
    allowed = {"files.py"}
    for path in Path(mmdt.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in ("eval", "exec") and path.name not in allowed:
                    raise AssertionError(f"{path}: {name}")
                assert name not in ("pickle.load", "pickle.loads", "os.system", "yaml.load", "marshal.loads"), path
                if name == "torch.load":
                    assert "weights_only=True" in ast.unparse(node), path
