"""Attacks that look for tokens: gradients are right, constraints hold, and they beat random tokens of the same number,
on a text encoder that was trained on drawn scenes and on one of random weights."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image as Pil
from scipy.stats import binomtest

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.attacks.optimised.goal import PHRASE
from mmdt.attacks.tokens.hunt import allowed_tokens
from mmdt.attacks.tokens.ring_a_bell import concept
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, TextSurrogate
from mmdt.errors import UsageError
from tests.attacks.optimised import drawn_clip
from tests.attacks.optimised.scenes import SINGLE, draw
from tests.tiny import need, write_clip

need("torch", "transformers")
FAST = {"gcg-suffix": {"steps": 6}, "mmp-suffix": {"steps": 30}, "ring-a-bell": {"steps": 15}}
NUMBER = 8


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, str]:
    """The trained CLIP, and a text encoder alone with random weights, as in a pipeline of diffusers."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel

    trained = drawn_clip.write(tmp_path_factory.mktemp("drawn"))
    alone = tmp_path_factory.mktemp("alone")
    torch.manual_seed(5)
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    ids = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    config = CLIPTextConfig(vocab_size=len(drawn_clip.WORDS), max_position_embeddings=24, **sizes, **ids)
    CLIPTextModel(config).save_pretrained(alone)
    drawn_clip.tokenizer().save_pretrained(alone)
    return {"trained": f"clip-text/{trained}", "random": f"clip-text/{alone}"}


@cache
def opened(name: str) -> TextSurrogate:
    return plugins.find(plugins.SURROGATES, "clip-text", "surrogate")(name.removeprefix("clip-text/"))


def cases() -> list[Case]:
    pairs = list(pairwise(random.Random(4).sample(SINGLE, NUMBER + 1)))
    cell = Cell("adversarial", "t2i", "attack", "object")
    return [Case.make(cell, f"a photo of {a.words}", target={"origin": a.words, "label": b.words}) for a, b in pairs]


def test_the_encoder_says_what_the_library_says(folders) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    for name in folders.values():
        folder = name.removeprefix("clip-text/")
        model, speak = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
        tokens = speak(["a photo of a red circle"], return_tensors="pt")
        tokens.pop("token_type_ids", None)
        with torch.no_grad():
            found = model.get_text_features(**tokens) if hasattr(model, "get_text_features") else model(**tokens)
        wanted = getattr(found, "pooler_output", found)[0].numpy()
        assert np.allclose(
            opened(name).embedding(["a photo of a red circle"])[0], wanted / np.linalg.norm(wanted), atol=1e-5
        )


@pytest.mark.parametrize("name", ["trained", "random"])
def test_slopes_are_those_of_finite_differences(folders, name: str) -> None:
    """Moving the embedding of one token a little towards another's changes the loss by the difference of slopes."""
    encoder = opened(folders[name])
    tokens, towards = encoder.tokens("a red circle lantern meadow"), encoder.direction(Goal(text="a blue square"))
    slopes = encoder.slopes(tokens, towards)
    table = (
        encoder._model.get_input_embeddings() if name == "random" else encoder._model.text_model.get_input_embeddings()
    )
    kept = table.weight.data.clone()
    for place in (1, 4):
        for other in (20, 40, 60):
            change, losses = kept[other] - kept[tokens[place]], []
            for sign in (1, -1):
                table.weight.data[tokens[place]] = kept[tokens[place]] + sign * 0.01 * change
                losses.append(encoder.losses([tokens], towards)[0])
                table.weight.data.copy_(kept)
            wanted = slopes[place, other] - slopes[place, tokens[place]]
            assert (losses[0] - losses[1]) / 0.02 == pytest.approx(float(wanted), rel=0.03, abs=3e-3)


@pytest.mark.parametrize("encoder", ["trained", "random"])
@pytest.mark.parametrize("name", FAST)
def test_found_tokens_beat_random_ones_of_the_same_number(folders, encoder: str, name: str) -> None:
    network, won = opened(folders[encoder]), 0
    attack = plugins.attack(name).with_parameters(surrogate=folders[encoder], synonyms=3, **FAST[name])
    for number, case in enumerate(cases()):
        origin, label = case.target["origin"], case.target["label"]
        made = attack_case(case, attack, seed=1).prompt
        assert number or attack_case(case, attack, seed=1).prompt == made
        replaced = name == "ring-a-bell"
        assert replaced or made.startswith(f"{case.prompt} ")
        suffix = made if replaced else made.removeprefix(f"{case.prompt} ")
        assert len(network.tokens(suffix)) == 4
        assert not set(suffix.split()) & set(f"{label} {case.prompt if replaced else ''}".split())
        towards = network.direction(Goal(text=PHRASE.format(label), away=PHRASE.format(origin)))
        if replaced:
            moved = network.embedding([case.prompt])[0] + 3 * concept(network, label)
            towards = moved / np.linalg.norm(moved)
        rng = np.random.default_rng(number)
        allowed = allowed_tokens(network, f"{label} {case.prompt if replaced else ''}", (), 3)
        rows = rng.choice(allowed, (20, 4))
        before = () if replaced else network.tokens(case.prompt)
        noise = network.losses([(*before, *map(int, row)) for row in rows], towards).min()
        won += network.losses([network.tokens(made)], towards)[0] < noise
    assert binomtest(won, NUMBER, 0.5, alternative="greater").pvalue < 0.05


def test_a_picture_can_be_wanted_where_the_checkpoint_sees(folders) -> None:
    case, picture = (
        cases()[0],
        Image.from_pil(draw(SINGLE[3], random.Random(2)).resize((64, 64), Pil.Resampling.BICUBIC)),
    )
    attack = plugins.attack("mmp-suffix").with_parameters(synonyms=3, steps=10, wanted=picture)
    assert attack_case(case, attack.with_parameters(surrogate=folders["trained"])).prompt.startswith(case.prompt)
    with pytest.raises(UsageError, match="no encoder of pictures"):
        attack_case(case, attack.with_parameters(surrogate=folders["random"]))


def test_words_that_are_forbidden_are_not_used(folders) -> None:
    network = opened(folders["trained"])
    words = {network.words[place] for place in allowed_tokens(network, "a red lantern", ("quilt",), 5)}
    assert not words & {"red", "lantern", "quilt", "", "<start>"}
    assert len(words) == len(allowed_tokens(network, "a red lantern", ("quilt",), 0)) - 5


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"tokens": 0}, "expected 1 to 64 for tokens"),
        ({"tokens": 40}, "room for"),
        ({"steps": True}, "expected 1 to 10,000 for steps"),
        ({"synonyms": 9000}, "hardly any token is left"),
        ({"surrogate": "clip"}, "no checkpoint"),
    ],
)
def test_what_cannot_be_says_why(folders, parameters: dict, said: str) -> None:
    attack = plugins.attack("gcg-suffix").with_parameters(**{"surrogate": folders["trained"], **parameters})
    with pytest.raises(UsageError, match=said):
        attack_case(cases()[0], attack)


def test_a_surrogate_of_pictures_has_no_tokens_and_the_other_way_round(folders, tmp_path) -> None:
    with pytest.raises(UsageError, match="has no tokens"):
        attack_case(cases()[0], plugins.attack("gcg-suffix").with_parameters(surrogate=f"clip/{write_clip(tmp_path)}"))
    picture = Image.from_pil(draw(SINGLE[0], random.Random(1)))
    seen = Case.make(Cell("adversarial", "i2t", "attack", "object"), "Well?", (picture,), {"label": "dog"})
    with pytest.raises(UsageError, match="sees no pictures"):
        attack_case(seen, plugins.attack("pgd").with_parameters(surrogates=(folders["trained"],)))
