"""Rows of the ``adv`` configuration: what was there, and what the attack wants."""

T2I = {
    "object": [{"id": 0, "adv_prompt": "a photo of a cat zq!", "origin_word": "cat", "label": "dog"}],
    "attribute": [
        {"id": 0, "adv_prompt": "a red car ~~", "origin_word": "red", "label": "blue", "object": "car"},
        {"id": 1, "adv_prompt": "a green cup ~~", "origin_word": "green", "label": "white", "object": "cup"},
    ],
    "spatial": [
        {
            "id": 0,
            "adv_prompt": "a cup to the left of a bowl ))",
            "origin_word": "to the left of",
            "label": "to the right of",
            "object_a": "cup",
            "object_b": "bowl",
        }
    ],
}

_EMPTY = {
    "origin_attribute": "",
    "origin_object": "",
    "origin_relation": "",
    "object_a": "",
    "object_b": "",
    "object": "",
}


def _row(number, picture, **values):
    row = {"surrogate_model": "blip", "algorithm": "VLM", "id": number, "image": picture}
    return _EMPTY | values | row


I2T = {
    "object": [_row(0, "a cat, attacked", origin_object="cat", label="dog")],
    "attribute": [_row(0, "a car, attacked", origin_attribute="red", label="blue", object="car")],
    "spatial": [
        _row(0, "an apple, attacked", origin_relation="below", label="above", object_a="apple", object_b="chair"),
        _row(1, "a dog, attacked", origin_relation="to the left of", label="right", object_a="dog", object_b="carrot"),
    ],
}
