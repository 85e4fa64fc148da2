"""How close the OpenAI runtime comes to a bare aiohttp loop: 1,000 pictures of 50 KB, a reply after 0.5 s.

Each contender is a process of its own, timed from its start to its end; the server is another. Prints one JSON line:
seconds of both and their ratio at each number of requests in flight, the median of several rounds.

    python -m benchmarks.api_throughput [--cases 1000] [--latency 0.5] [--rounds 3] [--in-flight 64 256]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "What is in picture {number}?"


async def gather_limited(count: int, in_flight: int, one: Callable[[int], Awaitable[str]]) -> None:
    """Ask for every number, so many at a time; each answer must be whole."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            assert (await one(number)).startswith("You said: ")

    await asyncio.gather(*(worker() for _ in range(in_flight)))


async def bare(url: str, folder: Path, count: int, in_flight: int) -> None:
    """The yardstick: read the file, post, read the reply."""
    import aiohttp

    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(number: int) -> str:
            encoded = base64.b64encode((folder / f"{number}.jpg").read_bytes()).decode()
            content = [
                {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{encoded}"}},
                {"type": "text", "text": PROMPT.format(number=number)},
            ]
            body = {"model": "gpt-4o", "temperature": 0, "messages": [{"role": "user", "content": content}]}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                reply = await response.json()
            return str(reply["choices"][0]["message"]["content"])

        await gather_limited(count, in_flight, one)


async def runtime(url: str, folder: Path, count: int, in_flight: int) -> None:
    """The contender: the same through mmdt's runtime, which is the official SDK underneath."""
    from mmdt.core.image import Image
    from mmdt.core.protocols import Request
    from mmdt.registry import open_model

    model = open_model("openai/gpt-4o", {"base_url": url})

    async def one(number: int) -> str:
        image = Image("", "image/jpeg", 0, 0, path=str(folder / f"{number}.jpg"))
        (output,) = await model.generate([Request("i2t", PROMPT.format(number=number), (image,))])
        assert output.failure is None, output.failure
        return output.text

    await gather_limited(count, in_flight, one)
    await model.close()


CONTENDERS = {"bare": bare, "runtime": runtime}


def make_pictures(folder: Path, count: int) -> None:
    """JPEG files of about 50 KB, each another one."""
    from PIL import Image

    dice = random.Random(0)
    noise = Image.frombytes("RGB", (256, 256), dice.randbytes(256 * 256 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=62)
    data = buffer.getvalue()
    for number in range(count):
        comment = f"{number:06d}".encode()
        marked = data[:2] + b"\xff\xfe\x00\x08" + comment + data[2:]
        (folder / f"{number}.jpg").write_bytes(marked)


def timed(name: str, url: str, folder: Path, count: int, in_flight: int) -> float:
    command = [sys.executable, "-m", "benchmarks.api_throughput", "--contender", name, "--url", url]
    command += ["--folder", str(folder), "--cases", str(count), "--in-flight", str(in_flight)]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True)
    return time.perf_counter() - started


def compare(url: str, folder: Path, count: int, in_flight: int, rounds: int) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, found in seconds.items():
            found.append(timed(name, url, folder, count, in_flight))
    median = {name: statistics.median(found) for name, found in seconds.items()}
    ratio = median["runtime"] / median["bare"]
    return {**{f"{name}_s": round(value, 3) for name, value in median.items()}, "ratio": round(ratio, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--contender", choices=sorted(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contender:
        asyncio.run(CONTENDERS[given.contender](given.url, given.folder, given.cases, given.in_flight[0]))
        return
    from tests.servers.cli import spawned

    found = {}
    with tempfile.TemporaryDirectory() as name, spawned("openai_server", "--latency", str(given.latency)) as server:
        folder = Path(name)
        make_pictures(folder, given.cases)
        for in_flight in given.in_flight:
            found[str(in_flight)] = compare(server.url, folder, given.cases, in_flight, given.rounds)
    print(json.dumps({"benchmark": "api_throughput", "cases": given.cases, "latency_s": given.latency, **found}))


if __name__ == "__main__":
    main()
