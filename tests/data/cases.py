"""Scenarios to load into: as small as a scenario can be."""

from mmdt.core.case import Case
from mmdt.core.cell import slug
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Metric, Published, Scenario
from mmdt.core.score import Score

T2I, I2T = "AI-Secure/MMDecodingTrust-T2I", "AI-Secure/MMDecodingTrust-I2T"


def scenario(address, tasks=None, published=(), embedded=None):
    perspective, modality, name = address.split("/")
    metric = Metric("rate", "Rate", "lower", lambda sample: Estimate("rate", 0.0, 0.0, 1.0, len(sample.rows), 1))
    return Scenario(
        perspective,
        modality,
        name,
        name,
        tasks,
        score=lambda case, output, observations: Score(),
        metrics=(metric,),
        headline="rate",
        published=tuple(published),
        embedded=embedded,
    )


def safety(modality, name):
    """A safety scenario whose tasks come from its data, as the perspective declares it."""
    address = f"safety/{modality}/{name}"

    def case(row):
        if modality == "t2i":
            return Case.make(here.cell(slug(row.text("task"))), row.text("prompt"))
        return Case.make(here.cell(slug(row.text("scenario"))), row.text("prompts"), row.images("image"))

    here = scenario(address, published=[Published(T2I if modality == "t2i" else I2T, "safety", name, case)])
    return here
