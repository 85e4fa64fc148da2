import pytest

from mmdt.errors import UsageError
from mmdt.runs.settings import make_settings, read_settings


def test_one_glob_is_as_good_as_a_list():
    assert make_settings({"model": "organism/demo", "select": "safety/**"}).select == ("safety/**",)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"model": "m", "limt": 1}, "unknown setting 'limt'"),
        ({"model": "m", "limit": "many"}, "Expected `int"),
        ({"model": "m", "limit": 0}, "above zero"),
        ({"model": "m", "max_cost": -1.0}, "max_cost"),
        ({"model": "safety/**"}, "not a model"),
        ({}, "model"),
    ],
)
def test_what_cannot_be_is_named(values, message):
    with pytest.raises(UsageError, match=message):
        make_settings(values)


def test_a_file_that_is_not_toml_or_not_there(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("model = ")
    with pytest.raises(UsageError, match="not valid TOML"):
        read_settings(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings(tmp_path / "other.toml")


def test_the_address_reaches_the_runtime():
    settings = make_settings({"model": "openai/x", "base_url": "http://localhost:1/v1", "model_settings": {"n": 1}})
    assert settings.for_model() == {"n": 1, "base_url": "http://localhost:1/v1"}
    assert settings.for_judge("openai/y") == {}
