"""What a page filters its cases by, besides addresses: the summaries, each with its scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmdt.core.scenario import Perspective
from mmdt.report.html.parts import Json
from mmdt.report.names import summary_address


def summary_scopes(shown: Mapping[str, str], perspectives: Sequence[Perspective]) -> dict[str, Json]:
    """Title and scenarios of each summary that is ``shown`` (title by address). (Any other address covers what is below
    it.)

    The prefix ``summary:`` distinguishes the summary ``safety/i2t`` from the cells below that address.
    """
    found: dict[str, Json] = {}
    for perspective in perspectives:
        of = {each.name: each.of for each in perspective.summaries}
        for name in of:
            address = summary_address(perspective.name, name)
            if address in shown:
                found[f"summary:{address}"] = {"title": shown[address], "of": _below(name, of)}
    return found


def _below(name: str, of: Mapping[str, tuple[str, ...]]) -> list[str]:
    if name not in of:
        return [name]
    return [address for part in of[name] for address in _below(part, of)]
