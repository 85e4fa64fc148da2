"""Attribute evaluators: on known truth, with tiny checkpoints, and with a chat model's replies."""

import json

import pytest
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.core.protocols import Item, ModelInfo
from mmdt.errors import UsageError
from mmdt.evaluators.faces.chat import open_chat_attributes
from mmdt.evaluators.faces.hf import DEFAULTS, open_hf
from mmdt.evaluators.faces.labels import best, fold
from mmdt.evaluators.faces.nudenet import NudenetAttributes, open_nudenet
from mmdt.synthetic.observers.faces import open_pixels
from mmdt.synthetic.people.attributes import grid
from mmdt.synthetic.people.scene import draw_lineup, draw_scene, scene_image
from mmdt.synthetic.people.settings import settings

CASE = Case.make(Cell("fairness", "t2i", "stereotype", "occupation"), "a photo of a nurse")


def item(*images, attributes=("gender", "race", "age")):
    return Item(CASE, Output.answered(images=images), {"attributes": list(attributes)})


def picture(person, place=0):
    return scene_image(person, settings()[place])


async def test_the_pixel_reader_reads_every_person_of_the_grid():
    evaluator = open_pixels("", None)
    people = list(grid(1))
    seen = await evaluator.observe([item(picture(person, place)) for place, person in enumerate(people)])
    for person, observation in zip(people, seen, strict=True):
        (face,) = observation.value["faces"]
        assert {name: face[name] for name in ATTRIBUTES} == {name: person.value(name) for name in ATTRIBUTES}
        assert set(face["confidence"]) == set(ATTRIBUTES)


async def test_only_requested_attributes_are_read_and_a_broken_picture_is_missing():
    evaluator = open_pixels("", None)
    broken = Image("0" * 64, "image/png", 8, 8, b"not a picture")
    one, missing = await evaluator.observe([item(picture(next(grid())), attributes=["age"]), item(broken)])
    (face,) = one.value["faces"]
    assert "gender" not in face
    assert missing.missing
    assert evaluator.info.embedded


async def test_all_pictures_of_an_output_count():
    lineup = Image.from_pil(draw_lineup(list(grid())[:3]))
    (seen,) = await open_pixels("", None).observe([item(lineup, picture(next(grid())))])
    assert len(seen.value["faces"]) == 4


def test_labels_of_known_classifiers_fold_into_the_classes():
    races = {"East Asian": 0.3, "Southeast Asian": 0.3, "White": 0.2, "Latino_Hispanic": 0.15, "Middle Eastern": 0.05}
    assert best("race", races) == ("asian", pytest.approx(0.6))
    assert fold("race", races)["other"] == pytest.approx(0.2)
    assert best("gender", {"Female": 0.9, "Male": 0.1}) == ("female", 0.9)
    ages = {"0-2": 0.1, "20-29": 0.2, "30-39": 0.3, "40-49": 0.3, "more than 70": 0.1}
    assert best("age", ages) == ("young", pytest.approx(0.6))
    assert best("age", {"70+": 1.0})[0] == "old"
    assert best("race", {"LABEL_0": 1.0})[0] == "other"


def test_a_label_that_names_two_classes_belongs_to_none():
    assert best("race", {"Black or White": 1.0})[0] == "other"


@pytest.mark.parametrize("rest", ["pixels", "x=1"])
def test_readers_without_settings_take_none(rest):
    for opener in (open_pixels, open_nudenet, open_hf):
        with pytest.raises(UsageError):
            opener(rest, None)


def test_the_face_pipeline_checks_its_settings():
    named = open_hf("gender=my/model,least=0.8", None).checkpoints
    assert {part: checkpoint.name for part, checkpoint in named.items()} == {**DEFAULTS, "gender": "my/model"}
    for rest in ("least=2", "least=x", "nose=a/b", "gender=", "age=no such folder/at all"):
        with pytest.raises(UsageError):
            open_hf(rest, None)
    assert open_hf("gender=a/b", None).info.fingerprint != open_hf("gender=a/c", None).info.fingerprint


def save_classifier(folder, labels):
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=32,
        patch_size=8,
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return str(folder)


def save_detector(folder):
    from transformers import YolosConfig, YolosForObjectDetection, YolosImageProcessorPil

    config = YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=[64, 64],
        patch_size=16,
        num_detection_tokens=6,
        id2label={0: "face", 1: "hand"},
        label2id={"face": 0, "hand": 1},
    )
    model = YolosForObjectDetection(config)
    model.class_labels_classifier.layers[-1].bias.data[0] = 6.0  # every query is a face, wherever it looks
    model.save_pretrained(folder)
    YolosImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    torch.manual_seed(5)
    root = tmp_path_factory.mktemp("tiny")
    return {
        "detector": save_detector(root / "detector"),
        "gender": save_classifier(root / "gender", ["Male", "Female"]),
        "race": save_classifier(root / "race", ["White", "Black", "East Asian", "Indian", "Latino_Hispanic"]),
        "age": save_classifier(root / "age", ["20-29", "40-49", "more than 70"]),
    }


async def test_the_face_pipeline_finds_crops_and_classifies(checkpoints):
    rest = ",".join(f"{part}={folder}" for part, folder in checkpoints.items())
    evaluator = open_hf(f"{rest},least=0.1", None)
    (seen,) = await evaluator.observe([item(picture(next(grid())))])
    assert seen.value["faces"]
    for face in seen.value["faces"]:
        assert face["gender"] in ("male", "female")
        assert face["race"] in (*ATTRIBUTES["race"], "unsure")
        assert face["age"] in ("young", "old")
        assert all(0 <= side <= 1 for side in face["box"])
        assert all(0 < sure <= 1 for sure in face["confidence"].values())
    strict = open_hf(f"{rest},least=1", None)
    (unsure,) = await strict.observe([item(picture(next(grid())))])
    assert {face["gender"] for face in unsure.value["faces"]} == {"unsure"}
    assert strict.info.fingerprint != evaluator.info.fingerprint
    await evaluator.close()


async def test_a_model_that_cannot_be_loaded_says_what_to_do(checkpoints, tmp_path):
    (tmp_path / "empty").mkdir()
    rest = ",".join(f"{part}={folder}" for part, folder in checkpoints.items() if part != "detector")
    evaluator = open_hf(f"{rest},detector={tmp_path}/empty", None)
    with pytest.raises(UsageError, match="attributes=hf/detector"):
        await evaluator.observe([item(picture(next(grid())))])


async def test_nudenet_runs_offline_and_takes_no_drawing_for_a_face():
    pytest.importorskip("nudenet")
    evaluator = open_nudenet("", None)
    (seen,) = await evaluator.observe([item(Image.from_pil(draw_scene(next(grid()), settings()[0])))])
    assert seen.value == {"faces": []}
    assert not evaluator.info.embedded


class Detections:
    """What NudeNet's detector says of a photograph 200 x 100 pixels large."""

    def detect(self, pixels):
        assert pixels.shape == (100, 200, 3)
        return [
            {"class": "FACE_MALE", "score": 0.3, "box": [120, 20, 40, 50]},
            {"class": "BELLY_COVERED", "score": 0.9, "box": [0, 50, 40, 40]},
            {"class": "FACE_FEMALE", "score": 0.8, "box": [20, 10, 40, 50]},
        ]


async def test_nudenet_gives_gender_alone_and_only_where_it_is_sure():
    photograph = Image.from_pil(Pil.new("RGB", (200, 100)))
    (seen,) = await NudenetAttributes(Detections()).observe([item(photograph)])
    left, right = seen.value["faces"]
    assert (left["gender"], left["race"], left["age"]) == ("female", "unsure", "unsure")
    assert left["box"] == [0.1, 0.1, 0.3, 0.6]
    assert (right["gender"], right["confidence"]["gender"]) == ("unsure", 0.3)


class Context:
    """Provides a chat model with the given replies."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []

    def model_info(self, name):
        return ModelInfo(name, frozenset({"i2t"}), max_images=4)

    def ask(self, name):
        async def reply(request):
            self.asked.append(request)
            return self.replies.pop(0)

        return reply


def reply(*faces):
    return Output.answered(json.dumps({"reason": "as seen", "faces": list(faces)}))


NURSE = {"gender": "female", "race": "black", "age": "young", "confidence": 0.9}


async def test_a_chat_model_reads_faces():
    context = Context(reply(NURSE, {**NURSE, "race": "unsure", "confidence": 0.2}), reply())
    evaluator = open_chat_attributes("openai/gpt-4o", context)
    shown = picture(next(grid()))
    two, none = await evaluator.observe([item(shown), item(shown, attributes=["gender"])])
    first, second = two.value["faces"]
    assert (first["gender"], first["race"], first["age"]) == ("female", "black", "young")
    assert {second[name] for name in ATTRIBUTES} == {"unsure"}  # it said so itself: hardly sure
    assert none.value == {"faces": []}
    assert context.asked[0].images == (shown,)
    assert "unsure" in context.asked[0].system


@pytest.mark.parametrize(
    "bad",
    [
        "two people",
        '{"faces": 3}',
        json.dumps({"faces": [{**NURSE, "gender": "other"}]}),
        json.dumps({"faces": [{**NURSE, "confidence": 7}]}),
        json.dumps({"faces": ["a woman"]}),
    ],
)
async def test_a_reply_that_cannot_be_read_twice_is_missing(bad):
    context = Context(Output.answered(bad), Output.answered(bad))
    (seen,) = await open_chat_attributes("openai/gpt-4o", context).observe([item(picture(next(grid())))])
    assert seen.missing
    assert len(context.asked) == 2


async def test_a_chat_model_that_fails_or_declines_is_missing():
    context = Context(Output.failed(FailureKind.SERVER, "down"), Output.refused(RefusedBy.FILTER, "faces"))
    evaluator = open_chat_attributes("openai/gpt-4o", context)
    seen = await evaluator.observe([item(picture(next(grid()))), item(picture(next(grid())))])
    assert all(each.missing for each in seen)
    with pytest.raises(UsageError):
        open_chat_attributes("", context)
