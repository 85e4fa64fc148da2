"""Runs models and evaluators on a Ray cluster. Store, limits and budget stay in this process."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from typing import Any

import msgspec

from mmdt import plugins
from mmdt.core.protocols import Ask, Evaluator, EvaluatorContext, Model, ModelInfo
from mmdt.disk.private import private_files
from mmdt.engine.ray.pool import Pool
from mmdt.engine.ray.proxies import RayEvaluator, RayModel
from mmdt.engine.ray.wire import Component, ImagePacker
from mmdt.engine.store.codec import identity_hash
from mmdt.errors import UsageError
from mmdt.models.extras import require
from mmdt.models.settings import read_settings
from mmdt.safe_text.redaction import know
from mmdt.spelling import option

log = logging.getLogger(__name__)

OBJECT_STORE = 128 * 1024 * 1024
"""Bytes of shared memory for a cluster that is started here: messages are small and pictures few at a time."""
CONNECT_TIMEOUT = 10.0
"""Seconds to wait for a connection to a cluster."""


class RayOptions(msgspec.Struct, frozen=True):
    """The options of ``--ray-set``.

    ``model_cpus``, ``model_gpus``: what each worker with the model reserves. ``evaluator_workers``: number of workers
    with evaluators and judges; ``evaluator_cpus``, ``evaluator_gpus``: what each of them reserves. ``shared``: a folder
    or fsspec address for pictures that all machines can reach. ``env``: comma-separated names of environment variables
    to pass to the workers. ``patience``: seconds to wait for the first workers.
    """

    model_cpus: float = 1.0
    model_gpus: float = 0.0
    evaluator_workers: int = 1
    evaluator_cpus: float = 1.0
    evaluator_gpus: float = 0.0
    shared: str = ""
    env: str = ""
    patience: float = 120.0


class RayExecutor:
    """Runs models and evaluators in two pools of workers. Each is opened in this process too, for its description.

    ``address``: of a running cluster; if empty, ``RAY_ADDRESS``, or a cluster started on this machine. ``workers``: the
    number of workers with the model under test. Raises MissingExtraError without the library, UsageError on invalid
    options.
    """

    def __init__(self, address: str, workers: int, options: Mapping[str, Any], *, timeout: float) -> None:
        require("ray", "the Ray executor", "ray")
        if address.startswith("ray://"):
            hint = f"run mmdt on a machine of the cluster, with {option('ray_address', 'auto')}"
            raise UsageError("mmdt cannot use a Ray client address", where=address, hint=hint)
        self.options = read_settings(RayOptions, options, option("ray_options"))
        self._address = address or os.environ.get("RAY_ADDRESS", "")
        _check_reachable(self._address)
        self._timeout = timeout
        self._secrets = _from_environment(self.options.env)
        self._packer = ImagePacker(self.options.shared)
        self._own: list[Model | Evaluator] = []
        self._connected = False
        chosen = self.options
        self.models = self._pool(workers, chosen.model_cpus, chosen.model_gpus)
        self.evaluators = self._pool(chosen.evaluator_workers, chosen.evaluator_cpus, chosen.evaluator_gpus)

    def model(self, name: str, settings: Mapping[str, Any]) -> Model:
        return self._model(self.models, name, settings)

    def judge(self, name: str, settings: Mapping[str, Any]) -> Model:
        return self._model(self.evaluators, name, settings)

    def evaluator(self, role: str, name: str, context: EvaluatorContext) -> Evaluator:
        """An evaluator that uses a model stays in this process, as the budget is here; its model is on the cluster."""
        recording = _RecordingContext(context)
        opened = plugins.open_evaluator(role, name, recording)
        if recording.used:
            return opened
        _check_reachable_by_workers(plugins.EVALUATORS, f"{role}.{name.partition('/')[0]}")
        self._own.append(opened)
        component = Component("evaluator", name, role)
        self.evaluators.add(component, identity_hash(opened.info))
        return RayEvaluator(self.evaluators, component.key, opened.info, self._packer)

    async def start(self, *, asking: bool) -> None:
        """Connect and start the workers. Raises UsageError if the cluster cannot be reached or has no room."""
        pools = [self.models] if asking else []
        if self.evaluators.components:
            pools.append(self.evaluators)
        self._connect(sum(pool.size * pool.cpus for pool in pools))
        for pool in pools:
            await pool.start(self._secrets)

    async def close(self) -> None:
        await self.models.close()
        await self.evaluators.close()
        for opened in self._own:
            await opened.close()
        if self._connected:
            import ray

            ray.shutdown()

    def _pool(self, size: int, cpus: float, gpus: float) -> Pool:
        if size < 1:
            raise UsageError(f"cannot run with {size} workers", where=option("ray_workers"), hint="use at least one")
        return Pool(size, cpus, gpus, shared=self.options.shared, patience=self.options.patience)

    def _model(self, pool: Pool, name: str, settings: Mapping[str, Any]) -> Model:
        _check_reachable_by_workers(plugins.MODELS, name.partition("/")[0])
        opened = plugins.open_model(name, settings)
        self._own.append(opened)
        component = Component("model", name, settings=settings, timeout=self._timeout)
        pool.add(component, identity_hash(opened.info))
        return RayModel(pool, component.key, opened, self._packer)

    def _connect(self, cpus: float) -> None:
        import ray

        if ray.is_initialized():
            return
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no telemetry
        address = self._address
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            if address:
                _warn_without_token(address)
                ray.init(address, **quiet)
            else:  # more CPUs than cores if workers reserve more: those that wait for an API need no core each
                wanted = max(os.cpu_count() or 1, int(cpus + 1))
                with private_files():  # Ray's logs, and the token that it makes where there is none
                    ray.init(
                        "local", num_cpus=wanted, object_store_memory=OBJECT_STORE, include_dashboard=False, **quiet
                    )
        except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
            address_option = option("ray_address")
            hint = f"check {address_option}, that `ray status` answers there, and that its token is here (~/.ray)"
            what = f"cannot connect to a Ray cluster: {error}"
            raise UsageError(what, where=address or "this machine", hint=hint) from error
        self._connected = True


class _RecordingContext:
    """Passes calls on to the engine's context and records whether there were any."""

    def __init__(self, context: EvaluatorContext) -> None:
        self._context = context
        self.used = False

    def ask(self, model: str) -> Ask:
        self.used = True
        return self._context.ask(model)

    def model_info(self, model: str) -> ModelInfo:
        self.used = True
        return self._context.model_info(model)


def _check_reachable_by_workers(group: str, name: str) -> None:
    """Raises UsageError for something that only this process knows: workers load packages and plugin files."""
    if plugins.only_here(group, name):
        raise UsageError(
            f"{name} was registered in this process, and a Ray worker cannot know it",
            hint=f"put it into its own file and name that with {option('plugins', ['FILE'])}",
        )


def _warn_without_token(address: str) -> None:
    """Ray turns its token on by itself for a cluster that it starts here, and for no other one."""
    if os.environ.get("RAY_AUTH_MODE", "").lower() != "token" and address not in ("auto", "local"):
        log.warning(
            "the Ray cluster at %s is used without a token, so anyone who can reach its ports can run code on it:"
            " set RAY_AUTH_MODE=token on all its machines (docs/scale.md)",
            address,
        )


def _check_reachable(address: str) -> None:
    """Test the connection first, since Ray itself would try for minutes. Raises UsageError."""
    host, _, port = address.rpartition(":")
    if not host:
        return
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_TIMEOUT).close()
    except (OSError, ValueError) as error:
        hint = f"check {option('ray_address')}, and that `ray status` answers there"
        raise UsageError(f"cannot connect to a Ray cluster: {error}", where=address, hint=hint) from error


def _from_environment(names: str) -> dict[str, str]:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in os.environ:
            raise UsageError(
                f"the environment variable {name} is not set", where=f"{option('ray_options')} env", hint="set it"
            )
    know(*(os.environ[name] for name in wanted))
    # Where a key may go depends on the URL that is set beside it: a worker must decide as this process does.
    urls = [f"{name.removesuffix('_API_KEY')}_BASE_URL" for name in wanted if name.endswith("_API_KEY")]
    return {name: os.environ[name] for name in (*wanted, *urls) if name in os.environ}
