"""What a reader must know about the judges of a run: panels that differ, judges that waver, and answers that drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def judging_notes(manifest: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each, from a manifest's JSON values."""
    yield from _panels(manifest)
    yield from _stability(manifest)
    yield from _known(manifest)


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


def _known(manifest: Mapping[str, Any]) -> Iterator[str]:
    for name, each in (manifest.get("known_answers") or {}).items():
        right, of, changed = int(each.get("right") or 0), int(each.get("of") or 0), each.get("changed") or ()
        if changed:
            yield (
                f"Drift: the {name} answers {len(changed)} of {of} questions with known answers otherwise than in its"
                f" last run ({each.get('before')}), under the same name and settings: {', '.join(map(str, changed))}."
            )
        if right < of:
            yield f"The {name} got {right} of {of} questions with known answers right."


def _stability(manifest: Mapping[str, Any]) -> Iterator[str]:
    used = manifest.get("evaluators") or {}
    for each in manifest.get("stability") or ():
        role = str(each.get("role"))
        if (used.get(role) or {}).get("fingerprint") != each.get("evaluator") or not each.get("asked"):
            continue
        share = f"{each['flipped'] / each['asked']:.1%} [{each['low']:.1%}, {each['high']:.1%}]"
        found = f"{each['cell']}: asked again, the {role} turned its verdict in {share} of {each['asked']:,} askings"
        yield f"{found}; this cell is judged by the majority of {each['of']}." if each.get("majority") else f"{found}."
