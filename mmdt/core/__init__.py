"""The nouns of mmdt, which every other part of the package speaks about."""

from mmdt.core.attack import Attack, Attempt
from mmdt.core.batch_api import Batchable, BatchApi, BatchState
from mmdt.core.case import Case
from mmdt.core.cell import Cell, Selection
from mmdt.core.estimate import Estimate
from mmdt.core.image import Image
from mmdt.core.message import ImagePart, Media, Message, Text
from mmdt.core.modality import MODALITIES, Flow, Medium, Modality
from mmdt.core.observation import Observation
from mmdt.core.output import Failure, FailureKind, Output, RefusedBy, Status, Usage
from mmdt.core.problem import Problem
from mmdt.core.protocols import Evaluator, EvaluatorContext, EvaluatorInfo, Item, Model, ModelInfo, Request
from mmdt.core.scenario import Metric, Perspective, Probe, Published, Row, Sample, Scenario, Summary
from mmdt.core.score import Score, Scored
from mmdt.core.trade_off import Side, TradeOff

__all__ = [
    "MODALITIES",
    "Attack",
    "Attempt",
    "BatchApi",
    "BatchState",
    "Batchable",
    "Case",
    "Cell",
    "Estimate",
    "Evaluator",
    "EvaluatorContext",
    "EvaluatorInfo",
    "Failure",
    "FailureKind",
    "Flow",
    "Image",
    "ImagePart",
    "Item",
    "Media",
    "Medium",
    "Message",
    "Metric",
    "Modality",
    "Model",
    "ModelInfo",
    "Observation",
    "Output",
    "Perspective",
    "Probe",
    "Problem",
    "Published",
    "RefusedBy",
    "Request",
    "Row",
    "Sample",
    "Scenario",
    "Score",
    "Scored",
    "Selection",
    "Side",
    "Status",
    "Summary",
    "Text",
    "TradeOff",
    "Usage",
]
