"""What a reader must know about the judges of a run: panels that differ, and judges that waver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def judging_notes(manifest: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each, from a manifest's JSON values."""
    yield from _panels(manifest)
    yield from _stability(manifest)


def _panels(manifest: Mapping[str, Any]) -> Iterator[str]:
    used = manifest.get("evaluators") or {}
    for role, cells in (manifest.get("panels") or {}).items():
        counts = list((cells or {}).values())
        outputs, differed, asked, spared = (
            sum(int(each.get(name) or 0) for each in counts) for name in ("outputs", "differed", "asked", "spared")
        )
        if not outputs:
            continue
        judges = len((used.get(role) or {}).get("members") or ())
        rule = str((used.get(role) or {}).get("name", "")).removeprefix("panel/").partition("/")[0]
        saved = (
            f"; {spared:,} of {asked + spared:,} askings were spared, because the vote was decided" if spared else ""
        )
        yield (
            f"The {role} is a panel of {judges} ({rule}): those asked differ on {differed:,} of {outputs:,} outputs"
            f" ({differed / outputs:.1%}){saved}."
        )


def _stability(manifest: Mapping[str, Any]) -> Iterator[str]:
    used = manifest.get("evaluators") or {}
    for each in manifest.get("stability") or ():
        role = str(each.get("role"))
        if (used.get(role) or {}).get("fingerprint") != each.get("evaluator") or not each.get("asked"):
            continue
        share = f"{each['flipped'] / each['asked']:.1%} [{each['low']:.1%}, {each['high']:.1%}]"
        found = f"{each['cell']}: asked again, the {role} turned its verdict in {share} of {each['asked']:,} askings"
        yield f"{found}; this cell is judged by the majority of {each['of']}." if each.get("majority") else f"{found}."
