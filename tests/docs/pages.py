"""Where the documentation is, and what code stands in it."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCED = re.compile(r"^```(bash|console|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)((?:    .*\S.*\n)+)")
INLINE = re.compile(r"`(mmdt [a-z][^`]*)`")
PROGRAM = re.compile(r"^(\$ )?(mmdt|export|pip|python3?|\.|hf|ray|make|minisign|sbatch|git|curl|cat|ls) ")
OPEN = re.compile(r"(?<![\w/.-])(?:VERB|NAME|MODEL|FILE|PATH|KEY|CAPITALS)(?![\w.-])|[$\[]|(?<!runs/)\.\.\.")
"""What a reader has to replace. ``RUN``, ``FOLDER``, ``A`` and ``runs/...`` are not among them: the tests have runs of
these names, so that their commands are carried out as well."""


@dataclass(frozen=True)
class Command:
    """A line that a page tells its reader to type. ``shown``: what the page says it prints, for the last of a block."""

    line: str
    shown: str = ""

    @property
    def words(self) -> list[str]:
        return shlex.split(self.line, comments=True)

    @property
    def is_open(self) -> bool:
        """Whether the reader has to put something in."""
        return bool(OPEN.search(" ".join(self.words[1:])))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT)).removeprefix("docs/")


def python_blocks(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text())


def commands(page: Path) -> list[Command]:
    """The commands of a page in their order: those of blocks, and those in the text that name all they need."""
    text = page.read_text()
    found = _of_blocks(text)
    for inline in INLINE.finditer(_outside(text)):
        command = Command(" ".join(inline[1].split()))
        if len(command.words) > 3 or command.words[1:2] == ["list"]:
            found.append((inline.start(), command))
    return [command for _, command in sorted(found, key=lambda each: each[0])]


def block_commands(page: Path) -> list[Command]:
    """The commands that stand on lines of their own."""
    return [command for _, command in _of_blocks(page.read_text())]


def _of_blocks(text: str) -> list[tuple[int, Command]]:
    found: list[tuple[int, Command]] = []
    blocks = [(each.start(), each[1], each[2], each.end()) for each in FENCED.finditer(text)]
    for number, (start, kind, body, end) in enumerate(blocks):
        after = blocks[number + 1] if number + 1 < len(blocks) else None
        follows = after is not None and after[1] == "text" and not text[end : after[0]].strip()
        if kind != "text":
            found += [(start, each) for each in _lines(body, after[2] if follows and after else "")]
    for block in INDENTED.finditer(_outside(text)):
        found += [(block.start(), each) for each in _lines(re.sub(r"^    ", "", block[1], flags=re.MULTILINE), "")]
    return found


def _outside(text: str) -> str:
    """The text with blanks in place of its fenced blocks."""
    return re.sub(r"^```.*?^```", lambda block: " " * len(block[0]), text, flags=re.MULTILINE | re.DOTALL)


def _lines(body: str, shown: str) -> list[Command]:
    joined = re.sub(r"\\\n\s*", "", body).splitlines()
    lines = [line.removeprefix("$ ") for line in joined if PROGRAM.match(line)]
    return [Command(line, shown if line == lines[-1] else "") for line in lines]
