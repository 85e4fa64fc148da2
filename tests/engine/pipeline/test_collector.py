import gc

import pytest

from mmdt.engine.pipeline.collector import THRESHOLDS, calm_collector


def test_settings_are_restored_even_after_an_error():
    before = gc.get_threshold()
    with pytest.raises(KeyError), calm_collector():
        assert gc.get_threshold() == THRESHOLDS
        assert gc.get_freeze_count() > 0
        raise KeyError("x")
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_objects_frozen_by_others_stay_frozen():
    gc.freeze()
    try:
        with calm_collector():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
