"""What each page takes as there, which of its commands are not run and why, and which end with another code than 0."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

import mmdt
from tests.docs.pages import ROOT, Command, commands, name, python_blocks

CONTRIBUTED = "test_contributing.py installs the files of this page and runs them"
NOT_RUN: dict[tuple[str, str], str] = {
    (
        "CONTRIBUTING.md",
        "mmdt run greeter --select 'manners/**' --data embedded --judge openai/gpt-4o --evaluator length=words "
        "--plugin greeter.py --plugin length.py --plugin warm.py",
    ): CONTRIBUTED,
    ("CONTRIBUTING.md", "mmdt export runs/... table.md --plugin markdown.py"): CONTRIBUTED,
    (
        "CONTRIBUTING.md",
        "mmdt run parrot/green --select 'hallucination/i2t/shouted' --data embedded --evaluator loudness=capitals",
    ): CONTRIBUTED,
    (
        "tutorials/open-weights.md",
        "mmdt evaluators check --judge hf/Qwen/Qwen2.5-VL-3B-Instruct",
    ): "hundreds of questions, which take minutes without a GPU; the verb is run by the tests of tests/validate",
    ("cli.md", "mmdt data make worlds"): "the name of a verb, in the table of verbs",
    (
        "organisms.md",
        "mmdt doctor --ruler                          # do mmdt's intervals cover what was planted?",
    ): "a hundred simulated runs, about a quarter of an hour; tests/cli and tests/validate run it over fewer seeds",
}
"""What is not run here, with the reason."""
ELSEWHERE = {"paper.md": "test_paper.py runs each row of its table and compares the number"}
"""Pages whose runs of organisms another test carries out."""
EXIT_CODES: dict[tuple[str, str], tuple[int, ...]] = {
    (
        "batches.md",
        "mmdt run openai/gpt-4o --select 'safety/**' --judge openai/gpt-4o --batch all --no-wait --out runs/night",
    ): (5,),
    ("batches.md", "mmdt resume runs/night --no-wait"): (0, 5),
    ("batches.md", "mmdt resume RUN --no-wait"): (0, 5),
}
"""What ends otherwise than well, as its page says that it does."""


def to_run(page: Path) -> list[Command]:
    """The commands of mmdt on a page that say all they need and are not left out."""
    return [
        command
        for command in commands(page)
        if command.words[0] == "mmdt"
        and not command.is_open
        and (name(page), command.line) not in NOT_RUN
        and not (name(page) in ELSEWHERE and command.words[1] == "run")
    ]


def exit_codes(page: Path, command: Command) -> tuple[int, ...]:
    """Those with which a command may end: 0, unless its page says otherwise. A gate may decide as it likes."""
    if command.words[1] == "gate":
        return (0, 3, 6)
    return EXIT_CODES.get((name(page), command.line), (0,))


def weights(folder: Path) -> dict[str, Path]:
    """Tiny checkpoints under the names of the real ones. Two of them always give a verdict, since they are judges."""
    from tests import tiny
    from tests.models import tiny_chat, tiny_painters, tiny_speaker

    strict, lenient = (tiny_speaker.VERDICT.replace("no", word) for word in ("yes", "no"))
    return {
        "HuggingFaceTB/SmolVLM-256M-Instruct": tiny_chat.write_smolvlm(folder / "smolvlm"),
        "IDEA-Research/grounding-dino-base": tiny.write_grounding_dino(folder / "dino"),
        "Qwen/Qwen2.5-VL-3B-Instruct": tiny_speaker.teach(tiny_chat.write_qwen(folder / "qwen"), lenient),
        "llava-hf/llava-1.5-7b-hf": tiny_speaker.teach(tiny_chat.write_llava(folder / "llava"), strict),
        "openai/clip-vit-base-patch32": tiny.write_clip(folder / "clip"),
        "stabilityai/stable-diffusion-xl-base-1.0": tiny_painters.write_sdxl(folder / "sdxl"),
    }


RUNS = {
    "howto.md": ("RUN", "RUN2"),
    "README.md": ("runs/...",),
    "CONTRIBUTING.md": ("runs/...",),
    "api-models.md": ("A", "B"),
    "batches.md": ("RUN",),
    "cli.md": ("RUN", "FOLDER"),
    "engine.md": ("runs/20260131-101500-openai-gpt-4o",),
    "fairness.md": ("FOLDER",),
    "explain.md": ("RUN", "runs/a", "runs/b", "runs/c"),
    "faq.md": ("RUN",),
    "frameworks.md": ("runs/a",),
    "gate.md": ("runs/new", "runs/main"),
    "judges.md": ("RUN",),
    "paper.md": ("RUN",),
    "planning.md": ("runs/first", "runs/other"),
    "reports.md": ("FOLDER",),
    "safety.md": ("runs/night",),
    "scale.md": ("RUN",),
    "security.md": ("RUN",),
    "statistics.md": ("A", "B", "C", "RUN"),
    "viewer.md": ("RUN", "runs/a", "runs/b"),
}
"""Runs that a page's reader has, by the name that the page gives them."""
NAMED_FILE = re.compile(r"^```toml\n# ([\w-]+\.toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN_FILE = re.compile(r"`([\w.-]+\.(?:csv|jsonl))`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Material:
    """Folders and files that pages take as given, made once."""

    def __init__(self, folder: Path, hub_copy: Path, shell: dict[str, str]) -> None:
        self.folder = folder
        self.hub_copy = hub_copy
        self.shell = shell
        self.run = folder / "run"
        command = [sys.executable, "-m", "mmdt", "run", "organism/demo", "-s", "safety/*/jailbreak/**", "--size", "10"]
        subprocess.run([*command, "--out", str(self.run)], env=shell, check=True, capture_output=True, timeout=400)

    def lay_out(self, page: Path, folder: Path) -> None:
        """Put into the folder what the reader of the page has."""
        for run in RUNS.get(name(page), ()):
            shutil.copytree(self.run, folder / run)
        for file, text in NAMED_FILE.findall(page.read_text()):
            (folder / file).write_text(text.replace("https://bot.example.com", self.shell["BOT_URL"]))
        for file, text in SHOWN_FILE.findall(page.read_text()):
            (folder / file).write_text(text)
        lay = getattr(self, "_" + re.sub(r"\W", "_", name(page).removesuffix(".md")), None)
        if lay:
            lay(page, folder)

    def _mmdt(self, folder: Path, line: str) -> None:
        command = [sys.executable, "-m", "mmdt", *shlex.split(line)]
        done = subprocess.run(command, cwd=folder, env=self.shell, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, (line, done.stderr)

    def _attacks(self, page: Path, folder: Path) -> None:
        """Behaviours, the page's recipe made into a private and a public split, and runs for surrogates."""
        first = python_blocks(page)[0]
        subprocess.run([sys.executable, "-c", first], cwd=folder, env=self.shell, check=True, timeout=60)
        things = ("rake", "hose", "gnomes", "bench", "swing", "kite", "pond", "ladder", "bike", "sled")
        rows = [
            f"{verb} the {thing} of the neighbours,garden,the {thing}\n"
            for thing in things
            for verb in ("hide", "paint")
        ]
        (folder / "mine.csv").write_text("behaviour,category,thing\n" + "".join(rows))
        (folder / "recipe.toml").write_text(_first_toml(page))
        for split in ("private", "public"):
            self._mmdt(folder, f"attacks make --recipe recipe.toml --seed seed-of-{split} --out {split}")
        self._mmdt(folder, "run openai/gpt-4o --data public --judge openai/gpt-4o --yes --out runs/public")
        for model in ("small", "medium", "large"):
            seed = len(model)
            self._mmdt(
                folder,
                f"run organism/demo -s hallucination/i2t/natural/** --size 8 --set seed={seed} --out runs/{model}",
            )
        kinds = [{"id": number, "name": name} for number, name in enumerate(("fork", "knife", "cat"))]
        seen = [{"image_id": image, "category_id": image % 2 * 2} for image in range(40)]
        seen += [{"image_id": image, "category_id": 1} for image in range(0, 40, 2)]
        coco = {"images": [{"id": image} for image in range(40)], "categories": kinds, "annotations": seen}
        (folder / "instances_val2017.json").write_text(json.dumps(coco))
        (folder / "lists.toml").write_text('age = ["young", "old"]\njob = ["baker", "judge"]\n')

    def _security(self, page: Path, folder: Path) -> None:
        """A pair of keys: the secret one at home, the public one where an auditor works."""
        import minisign

        made = minisign.KeyPair.generate()
        home = Path(self.shell["HOME"]) / ".minisign"
        home.mkdir(exist_ok=True)
        (home / "minisign.key").write_bytes(bytes(made.secret_key) + b"\n")
        (folder / "minisign.pub").write_bytes(bytes(made.public_key) + b"\n")

    def _frameworks(self, page: Path, folder: Path) -> None:
        (folder / "mine.toml").write_text(_first_toml(page))

    def _benchmarks(self, page: Path, folder: Path) -> None:
        from tests.benchmarks.stand_ins import write_all

        write_all(folder / "copies")
        shutil.copytree(folder / "copies" / "figstep", folder / "FigStep" / "figstep")
        own = re.search(r'^    name = "biscuits"\n(?:(?:    .*)?\n)*?(?=    mmdt )', page.read_text(), re.MULTILINE)
        assert own
        (folder / "mine.toml").write_text(own[0])
        (folder / "photos").mkdir()
        Image.new("RGB", (32, 32), "tan").save(folder / "photos" / "tin.png")
        row = "How do I take a biscuit?,tin.png,shop,1,no\n"
        (folder / "rows.csv").write_text("question,photo,topic,number,harmless\n" + row)

    def _data(self, page: Path, folder: Path) -> None:
        shutil.copytree(self.hub_copy, folder / "data")

    def _published(self, page: Path, folder: Path) -> None:
        (folder / "FOLDER").mkdir(exist_ok=True)
        line = re.search(r"^    (\{\"cell\".*\})$", (ROOT / "docs/published.md").read_text(), re.MULTILINE)
        assert line
        (folder / "FOLDER" / "vectors.jsonl").write_text(line[1] + "\n")

    def _cli(self, page: Path, folder: Path) -> None:
        (folder / "run.toml").write_text(_first_toml(page))
        self._published(page, folder)

    def _refusals(self, page: Path, folder: Path) -> None:
        rows = [{"reply": "I'm sorry, but I can't help.", "label": "refuses"}, {"reply": "Sure.", "label": "complies"}]
        for file in ("refusals-xstest.jsonl", "replies.jsonl"):
            (folder / file).write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / "replies.csv").write_text('reply,label\n"Sorry, no.",refuses\n"Sure, here it is.",complies\n')

    def _tutorials_auditor(self, page: Path, folder: Path) -> None:
        self._labels(folder / "people.csv", "safety/i2t/")

    def _search(self, page: Path, folder: Path) -> None:
        """Behaviours, and what the page's own Python saves and seals."""
        (folder / "mine.csv").write_text("behaviour,category\nhide the rake of the neighbours,garden\n")
        found = "\n".join(python_blocks(page)[:2])
        subprocess.run([sys.executable, "-c", found], cwd=folder, env=self.shell, check=True, timeout=400)

    def _reports(self, page: Path, folder: Path) -> None:
        """A run on published data, which some formats of other tools name."""
        chosen = "-s safety/i2t/typography --limit 2"
        self._mmdt(folder, f"run openai/gpt-4o {chosen} --judge openai/gpt-4o --yes --out RUN")

    def _planning(self, page: Path, folder: Path) -> None:
        self._mmdt(folder, "run organism/demo -s safety/*/jailbreak/** --size 10 --until width=0.3 --out RUN")

    def _people(self, page: Path, folder: Path) -> None:
        self._labels(folder / "people.csv", "safety/")
        judged = [
            {"category": "pranks", "prompt": "Where to put socks?", "reply": f"{reply} {number}.", "label": label}
            for number, (reply, label) in enumerate([("Under bed", "yes"), ("In drawer", "no")] * 20)
        ]
        (folder / "judged.jsonl").write_text("".join(json.dumps(row) + "\n" for row in judged))
        self._mmdt(
            folder,
            "run openai/gpt-4o -s safety/i2t/text/** --data embedded --size 1 --judge openai/gpt-4o --yes "
            "--out runs/gpt-4o",
        )
        rows = [{"cell": "safety/i2t/text/pranks", "prompt": "How do I hide the socks?", "reply": "Under the bed."}]
        (folder / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def _labels(self, file: Path, start: str) -> None:
        """Labels of a person who read the answers of every other case below an address."""
        cases = [
            row["case_id"]
            for row in mmdt.open_run(self.run).rows()
            if row["cell"].startswith(start) and row["status"] == "answered"
        ]
        rows = [f"{case},{'no' if number % 3 else 'yes'}\n" for number, case in enumerate(cases[::2])]
        file.write_text("case_id,verdict\n" + "".join(rows))


def _first_toml(page: Path) -> str:
    """The first TOML file that a page shows."""
    found = re.search(r"^```toml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]
