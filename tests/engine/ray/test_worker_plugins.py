"""A worker opens what the run's plugin files register, from the source that the driver sends."""

import pytest

import mmdt
from mmdt.engine.ray.executor import RayExecutor
from mmdt.engine.ray.wire import Component, OpenResult, decode, encode
from mmdt.engine.ray.worker import Worker
from mmdt.errors import UsageError
from mmdt.plugins import files, registry

SOURCE = """
import mmdt
mmdt.judge_prompt("elsewhere", path="not-on-this-machine.md")

@mmdt.model("own-remote")
def remote(request):
    return request.prompt[::-1]
"""


@pytest.fixture(autouse=True)
def clean_registry(monkeypatch):
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(files, "_loaded", dict(files._loaded))
    monkeypatch.setattr(files, "_sources", dict(files._sources))
    yield
    registry.perspectives.cache_clear()


async def opened(sources):
    components = encode([Component("model", "own-remote/x")])
    return decode(await Worker().open(components, {}, sources), OpenResult)


async def test_a_worker_loads_the_source_that_it_is_sent():
    found = await opened({"/nowhere/mine.py": SOURCE})
    assert found.error is None
    assert list(found.identities) == ["model:own-remote/x"]


async def test_without_it_or_with_a_broken_one_it_says_what_is_wrong():
    assert "unknown model runtime 'own-remote'" in (await opened({})).error[0]
    what, where, _ = (await opened({"/nowhere/broken.py": "import nothing_like_this"})).error
    assert "failed while it was loaded" in what and where == "/nowhere/broken.py"


def test_what_a_process_has_loaded_is_what_it_sends(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "mine.py"
    path.write_text("import mmdt\nmmdt.model('own-sent')(lambda request: '')\n")
    files.load(path)
    assert files.sources()[str(path)] == path.read_text()


def test_what_only_this_process_knows_is_refused_before_anything_runs():
    pytest.importorskip("ray")

    @mmdt.model("own-here")
    def here(request):
        return ""

    with pytest.raises(UsageError, match="a Ray worker cannot know it"):
        RayExecutor("", 1, {}, timeout=1.0).model("own-here/x", {})
