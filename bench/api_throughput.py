"""How close the runtimes come to a bare aiohttp loop: 1,000 pictures of about 32 KB, a reply after 0.5 s.

Each contender is a separate process, timed from start to end, and so is the server. Prints one JSON line for each
number of requests in flight, with medians of several rounds: the seconds of the process (including start-up and
imports), of the loop alone, and of CPU time; and the ratios of the first two to those of the bare loop. The true size
of the pictures and the load of the machine are printed beside them.

    python -m bench.api_throughput [--runtimes openai anthropic google bedrock] [--in-flight 64 256] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from statistics import median

from bench.machine import load, mean_size, warn_if_busy

ROOT = Path(__file__).resolve().parents[1]
KEYS = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "AWS_ACCESS_KEY_ID"), "local")
KEYS |= {"AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}
PROMPT = "What is in picture {number}?"


async def gather_limited(count: int, in_flight: int, one: Callable[[int], Awaitable[str]]) -> None:
    """Send a request for every number, ``in_flight`` at a time, and check each answer."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            assert (await one(number)).startswith("You said: ")

    await asyncio.gather(*(worker() for _ in range(in_flight)))


async def bare(url: str, folder: Path, count: int, in_flight: int) -> None:
    """The baseline: read the file, post it, read the reply."""
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


async def runtime(name: str, url: str, folder: Path, count: int, in_flight: int) -> None:
    """A contender: the same requests through one of mmdt's runtimes, which use the providers' official SDKs."""
    from mmdt.core.image import Image
    from mmdt.core.protocols import Request
    from mmdt.plugins import open_model

    model = open_model(name, {"base_url": url})

    async def one(number: int) -> str:
        image = Image.from_path(folder / f"{number}.jpg")
        (output,) = await model.generate([Request.of(PROMPT.format(number=number), (image,))])
        assert output.failure is None, output.failure
        return output.text

    await gather_limited(count, in_flight, one)
    await model.close()


SERVERS = {"bare": "openai_server", "openai": "openai_server"}
MODELS = {
    "openai": "openai/gpt-4o",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "google": "google/gemini-2.5-flash",
    "bedrock": "bedrock/us.anthropic.claude-sonnet-4-6",
}
LIBRARIES = {"bare": "aiohttp", "google": "google.genai", "bedrock": "aiobotocore.session"}


def contend(name: str, url: str, folder: Path, count: int, in_flight: int) -> None:
    """Run one contender in this process; print the seconds of its loop and its CPU time."""
    import_module(LIBRARIES.get(name, name))
    started = time.perf_counter()
    if name == "bare":
        asyncio.run(bare(url, folder, count, in_flight))
    else:
        asyncio.run(runtime(MODELS[name], url, folder, count, in_flight))
    print(json.dumps({"loop": time.perf_counter() - started, "cpu": time.process_time()}))


def make_pictures(folder: Path, count: int) -> None:
    """Write JPEG files of about 32 KB, all different."""
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


Times = dict[str, float]


def timed(name: str, url: str, folder: Path, count: int, in_flight: int) -> Times:
    command = [sys.executable, "-m", "bench.api_throughput", "--contender", name, "--url", url]
    command += ["--folder", str(folder), "--cases", str(count), "--in-flight", str(in_flight)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **KEYS}, capture_output=True, text=True)
    return {"process": time.perf_counter() - started, **json.loads(done.stdout)}


def compare(given: argparse.Namespace, urls: dict[str, str], folder: Path, in_flight: int) -> dict[str, Times]:
    rounds = [
        {name: timed(name, url, folder, given.cases, in_flight) for name, url in urls.items()}
        for _ in range(given.rounds)
    ]
    found = {name: {what: median(each[name][what] for each in rounds) for what in rounds[0][name]} for name in urls}
    for name, times in found.items():
        if name != "bare":
            times["process_ratio"] = times["process"] / found["bare"]["process"]
            times["loop_ratio"] = times["loop"] / found["bare"]["loop"]
    return {name: {what: round(value, 3) for what, value in times.items()} for name, times in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--runtimes", nargs="+", choices=sorted(MODELS), default=["openai"])
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contender:
        contend(given.contender, given.url, given.folder, given.cases, given.in_flight[0])
        return
    head: dict[str, object] = {"benchmark": "api_throughput", "cases": given.cases, "latency_s": given.latency}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        make_pictures(folder, given.cases)
        head |= {"picture_kb": mean_size(folder), "cores": os.cpu_count(), "busy": warn_if_busy(load())}
        urls = serve(stack, ["bare", *given.runtimes], given.latency)
        for in_flight in given.in_flight:
            line = {**head, "in_flight": in_flight, "load": load()}
            print(json.dumps({**line, **compare(given, urls, folder, in_flight)}), flush=True)


def serve(stack: contextlib.ExitStack, names: list[str], latency: float) -> dict[str, str]:
    """Start a server in a separate process for each contender's protocol; return the URLs by contender."""
    from tests.servers.cli import spawned

    modules = {name: SERVERS.get(name, f"{name}_server") for name in names}
    once = sorted(set(modules.values()))
    started = {module: stack.enter_context(spawned(module, "--latency", str(latency))) for module in once}
    return {name: started[module].url for name, module in modules.items()}


if __name__ == "__main__":
    main()
