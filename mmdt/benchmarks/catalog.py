"""The benchmarks there are: those of mmdt, those of installed packages, and the user's own files.

A benchmark is used, and so becomes known to the process, when it is named: as ``--benchmark``, as the first part of a
glob, or by a run that used it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType

from mmdt import plugins
from mmdt.benchmarks.declaration import Declaration, parse
from mmdt.benchmarks.scenario import perspective_of
from mmdt.errors import UsageError

SUFFIX = ".toml"
_own: dict[str, str] = {}
"""Name -> TOML text of the user's own that are in use."""


@cache
def packaged() -> Mapping[str, str]:
    """Name -> TOML text of mmdt's own benchmarks and those of installed packages (entry points ``mmdt.benchmarks`` that
    name a package with ``.toml`` files)."""
    found = dict(_texts(files("mmdt.benchmarks") / "declared"))
    for name in plugins.names(plugins.BENCHMARKS):
        package = plugins.find(plugins.BENCHMARKS, name, "benchmark")
        if isinstance(package, ModuleType):
            found |= dict(_texts(files(package.__name__)))
    return dict(sorted(found.items()))


def _texts(folder: Traversable) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.name.endswith(SUFFIX):
            yield entry.name.removesuffix(SUFFIX), entry.read_text("utf-8")


def names() -> list[str]:
    """The names of all benchmarks, sorted; the user's own that are in use among them."""
    return sorted({*packaged(), *_own})


def text_of(name: str) -> str:
    """The TOML text of a benchmark. Raises UsageError for an unknown name."""
    text = _own.get(name) or packaged().get(name)
    if text is None:
        near = get_close_matches(name, names(), n=3, cutoff=0.5)
        guess = f"did you mean {' or '.join(near)}? " if near else ""
        hint = f"{guess}`mmdt list benchmarks` shows them; a file of your own ends in .toml"
        raise UsageError(f"unknown benchmark {name!r}", hint=hint)
    return text


@cache
def _parsed(text: str, where: str) -> Declaration:
    return parse(text, where)


def declaration(name: str) -> Declaration:
    """The declaration of a benchmark. Raises UsageError for an unknown name."""
    return _parsed(text_of(name), name)


def use(benchmark: str) -> str:
    """Make a benchmark known to this process: by its name, or the path of a TOML file. Returns its name.

    Raises UsageError for an unknown name, and for a file that is no declaration.
    """
    if benchmark.endswith(SUFFIX):
        return use_text(_read(benchmark), benchmark, Path(benchmark).expanduser().absolute().parent)
    found = declaration(benchmark)
    if not _in_use(benchmark):
        plugins.register(plugins.BENCHMARKS, benchmark, perspective_of(found))
    return benchmark


def _in_use(name: str) -> bool:
    return any(each.benchmark and each.name == name for each in plugins.perspectives())


def use_text(text: str, where: str, base: Path | None = None) -> str:
    """Make a benchmark known from the text of its declaration; the last one of a name counts. Returns its name."""
    found = _parsed(text, where)
    if found.name in packaged():
        hint = "give yours another name"
        raise UsageError(f"{found.name!r} is a benchmark of mmdt or of a package", where=where, hint=hint)
    if any(each.name == found.name and not each.benchmark for each in plugins.perspectives()):
        raise UsageError(f"{found.name!r} is a perspective", where=where, hint="give the benchmark another name")
    if _own.get(found.name) != text or not _in_use(found.name):
        _own[found.name] = text
        plugins.register(plugins.BENCHMARKS, found.name, perspective_of(found, base))
    return found.name


def own_texts(used: Iterable[str]) -> dict[str, str]:
    """Name -> TOML text of those among these that are the user's own, for a run to keep."""
    return {name: _own[name] for name in used if name in _own}


def use_named(globs: Iterable[str]) -> list[str]:
    """Use the benchmarks that globs name as their first part."""
    first = dict.fromkeys(glob.strip("/").split("/")[0] for glob in globs)
    return [use(name) for name in first if name in packaged()]


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(
            "the declaration cannot be read", where=f"{path}: {error.strerror}", hint="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError("the declaration is not UTF-8", where=path, hint="save it as UTF-8") from error
