from mmdt.core.output import FailureKind
from mmdt.core.protocols import ModelInfo
from mmdt.engine.pipeline.build_request import request_for, seed_for, unsupported_case
from tests.engine.builders import I2T, T2I, case, picture

INFO = ModelInfo("test/x", frozenset({"i2t"}), max_images=1)


class TestSeeds:
    def test_known_values(self):
        """The seeds are part of a run's identity: another release must give the same ones."""
        assert seed_for(0, "abc", 0) == 318756129
        assert seed_for(0, "abc", 1) != seed_for(0, "abc", 0) != seed_for(1, "abc", 0)

    def test_thirty_one_bits(self):
        seeds = [seed_for(7, str(number), 0) for number in range(2000)]
        assert len(set(seeds)) == 2000
        assert min(seeds) >= 0
        assert 2**30 < max(seeds) < 2**31


def test_a_request_has_the_content_of_its_case():
    one = case(1, images=(picture(),))
    request = request_for(one, 0, seed=3)
    assert (request.modality, request.prompt, request.images) == ("i2t", one.prompt, one.images)
    assert request.seed == seed_for(3, one.id, 0)


def test_reference_pictures_of_a_t2i_case_are_not_sent():
    assert request_for(case(1, T2I, images=(picture(),)), 0, seed=1).images == ()


def test_cases_a_model_does_not_support_fail():
    assert unsupported_case(case(1, images=(picture(),)), INFO) is None
    refused = unsupported_case(case(1, I2T, images=(picture(), picture())), INFO)
    assert refused.failure.kind is FailureKind.CASE
    assert "2 images" in refused.failure.message
    painter = ModelInfo("test/painter", frozenset({"t2i"}), max_images=0)
    assert unsupported_case(case(1, T2I, images=(picture(), picture())), painter) is None
    assert unsupported_case(case(1, T2I), INFO).failure.kind is FailureKind.CASE
