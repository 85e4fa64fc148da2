"""Models and evaluators on the machines of a Ray cluster; store, limits and budget stay with this process."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from typing import Any

import msgspec

from mmdt import plugins
from mmdt.core.protocols import Ask, Evaluator, EvaluatorContext, Model, ModelInfo
from mmdt.engine.ray.parts import RayEvaluator, RayModel
from mmdt.engine.ray.pool import Pool
from mmdt.engine.ray.wire import Carrier, Part
from mmdt.engine.store.codec import mark_of
from mmdt.errors import UsageError
from mmdt.models.extras import require
from mmdt.models.settings import read_settings

OBJECT_STORE = 128 * 1024 * 1024
"""Bytes of shared memory of a cluster started here: messages are small, and pictures few at a time."""


REACH = 10.0
"""Seconds for a connection to a cluster."""


class RayOptions(msgspec.Struct, frozen=True):
    """``--ray-set``: what one worker claims of its machine, and what it needs to know.

    ``model_cpus``, ``model_gpus``: for a worker that holds the model; ``evaluator_workers``, ``evaluator_cpus``,
    ``evaluator_gpus``: for those that hold evaluators and judges. ``shared``: a folder or fsspec address that all
    machines see, for pictures. ``env``: names of environment variables (comma-separated) handed to the workers.
    ``patience``: seconds to wait for the first workers.
    """

    model_cpus: float = 1.0
    model_gpus: float = 0.0
    evaluator_workers: int = 1
    evaluator_cpus: float = 1.0
    evaluator_gpus: float = 0.0
    shared: str = ""
    env: str = ""
    patience: float = 120.0


class OnRay:
    """Opens each model and evaluator here as well, to know what it is; the work is done by two pools of workers.

    ``address``: of a running cluster, ``RAY_ADDRESS`` or one started on this machine where empty. ``workers`` hold
    the model under test. Raises MissingExtraError without the library, UsageError on options that cannot be.
    """

    def __init__(self, address: str, workers: int, options: Mapping[str, Any], *, timeout: float) -> None:
        require("ray", "the Ray executor", "ray")
        if address.startswith("ray://"):
            hint = "run mmdt on a machine of the cluster, with --ray-address auto"
            raise UsageError("mmdt needs a direct connection to the cluster", where=address, hint=hint)
        self.options = read_settings(RayOptions, options, "--ray-set")
        self._address = address or os.environ.get("RAY_ADDRESS", "")
        _check_reachable(self._address)
        self._timeout = timeout
        self._secrets = _from_environment(self.options.env)
        self._carrier = Carrier(self.options.shared)
        self._own: list[Model | Evaluator] = []
        self._began = False
        chosen = self.options
        self.models = self._pool(workers, chosen.model_cpus, chosen.model_gpus)
        self.evaluators = self._pool(chosen.evaluator_workers, chosen.evaluator_cpus, chosen.evaluator_gpus)

    def model(self, name: str, settings: Mapping[str, Any]) -> Model:
        return self._model(self.models, name, settings)

    def judge(self, name: str, settings: Mapping[str, Any]) -> Model:
        return self._model(self.evaluators, name, settings)

    def evaluator(self, role: str, name: str, context: EvaluatorContext) -> Evaluator:
        """One that asks a model stays here, so that the budget is kept in one place; its model works on the cluster."""
        lent = _Lent(context)
        opened = plugins.open_evaluator(role, name, lent)
        if lent.used:
            return opened
        self._own.append(opened)
        part = Part("evaluator", name, role)
        self.evaluators.add(part, mark_of(opened.info))
        return RayEvaluator(self.evaluators, part.key, opened.info, self._carrier)

    async def start(self, *, asking: bool) -> None:
        """Connect and start the workers. Raises UsageError where the cluster cannot be reached or has no room."""
        pools = [self.models] if asking else []
        if self.evaluators.parts:
            pools.append(self.evaluators)
        self._connect(sum(pool.size * pool.cpus for pool in pools))
        for pool in pools:
            await pool.start(self._secrets)

    async def close(self) -> None:
        await self.models.close()
        await self.evaluators.close()
        for opened in self._own:
            await opened.close()
        if self._began:
            import ray

            ray.shutdown()

    def _pool(self, size: int, cpus: float, gpus: float) -> Pool:
        if size < 1:
            raise UsageError(f"{size} workers", where="--ray-workers", hint="give at least one")
        return Pool(size, cpus, gpus, shared=self.options.shared, patience=self.options.patience)

    def _model(self, pool: Pool, name: str, settings: Mapping[str, Any]) -> Model:
        opened = plugins.open_model(name, settings)
        self._own.append(opened)
        part = Part("model", name, settings=settings, timeout=self._timeout)
        pool.add(part, mark_of(opened.info))
        return RayModel(pool, part.key, opened.info, self._carrier)

    def _connect(self, cpus: float) -> None:
        import ray

        if ray.is_initialized():
            return
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
        address = self._address
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            if address:
                ray.init(address, **quiet)
            else:  # CPUs are what workers claim: those that wait for an API need no core of their own
                wanted = max(os.cpu_count() or 1, int(cpus + 1))
                ray.init("local", num_cpus=wanted, object_store_memory=OBJECT_STORE, include_dashboard=False, **quiet)
        except (ConnectionError, ValueError, RuntimeError) as error:
            hint = "check --ray-address, and that `ray status` answers there"
            raise UsageError(f"no Ray cluster: {error}", where=address or "this machine", hint=hint) from error
        self._began = True


class _Lent:
    """The engine's context, and whether it was used."""

    def __init__(self, context: EvaluatorContext) -> None:
        self._context = context
        self.used = False

    def ask(self, model: str) -> Ask:
        self.used = True
        return self._context.ask(model)

    def model_info(self, model: str) -> ModelInfo:
        self.used = True
        return self._context.model_info(model)


def _check_reachable(address: str) -> None:
    """Ray itself would try for minutes. Raises UsageError."""
    host, _, port = address.rpartition(":")
    if not host:
        return
    try:
        socket.create_connection((host, int(port)), timeout=REACH).close()
    except (OSError, ValueError) as error:
        hint = "check --ray-address, and that `ray status` answers there"
        raise UsageError(f"no Ray cluster: {error}", where=address, hint=hint) from error


def _from_environment(names: str) -> dict[str, str]:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in os.environ:
            raise UsageError(f"the environment variable {name} is not set", where="--ray-set env", hint="set it")
    return {name: os.environ[name] for name in wanted}
