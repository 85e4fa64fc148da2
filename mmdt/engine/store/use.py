"""What a run used: requests, tokens, money and time, by model and by what was asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.store import Spending, Store


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What was sent to one model and what it used, failed attempts included; ``cost`` in US dollars, None where no
    price is known."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What a whole run used, judges included.

    ``retries``: attempts after the first, of the model under test. ``latency``: seconds of its answers' last attempts,
    the median and the 95th percentile; None where nothing was timed. ``costs``: US dollars of the outputs and of what
    was seen in them, by ``perspective/modality``; what was retried or taken over from another run is not told apart
    there, so the sum may differ from ``cost``.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    cost: float | None = None
    retries: int = 0
    latency_median: float | None = None
    latency_p95: float | None = None
    models: Mapping[str, ModelUse] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)


_COSTS = """SELECT cell, sum(json_extract({table}.body, '$.usage.cost')) FROM {table} JOIN cases USING (n)
    WHERE json_valid({table}.body) AND json_extract({table}.body, '$.usage.cost') IS NOT NULL GROUP BY cell"""
_LATENCIES = """SELECT json_extract(body, '$.latency') AS seconds FROM outputs
    WHERE status <> 'failed' AND json_valid(body) AND seconds > 0 ORDER BY seconds"""
_RETRIES = "SELECT coalesce(sum(json_extract(body, '$.attempts') - 1), 0) FROM outputs WHERE json_valid(body)"


def read_use(store: Store) -> Use:
    """What the run in the store has used so far. Raises StoreError where it cannot be read."""
    models = {name: _of(each) for name, each in store.spent().items()}
    known = [each.cost for each in models.values() if each.cost is not None]
    try:
        latencies = [seconds for (seconds,) in store.db.execute(_LATENCIES)]
        (retries,) = store.db.execute(_RETRIES).fetchone()
        costs = _costs(store.db)
    except sqlite3.Error as error:
        raise sqlite_error(error, store.folder) from error
    return Use(
        requests=sum(each.requests for each in models.values()),
        input_tokens=sum(each.input_tokens for each in models.values()),
        output_tokens=sum(each.output_tokens for each in models.values()),
        images=sum(each.images for each in models.values()),
        cost=sum(known) if known else None,
        retries=max(0, int(retries)),
        latency_median=_quantile(latencies, 0.5),
        latency_p95=_quantile(latencies, 0.95),
        models=models,
        costs=costs,
    )


def _of(spent: Spending) -> ModelUse:
    used = spent.usage
    return ModelUse(spent.requests, used.input_tokens, used.output_tokens, used.images, used.cost)


def _costs(db: sqlite3.Connection) -> dict[str, float]:
    found: dict[str, float] = {}
    for table in ("outputs", "observations"):
        for cell, cost in db.execute(_COSTS.format(table=table)):
            place = "/".join(str(cell).split("/")[:2])
            found[place] = found.get(place, 0.0) + cost
    return found


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest rank; None without values."""
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))]) if ordered else None
