"""Rows of the ``ood`` configuration: the same cases in every style, so that they can be paired."""

_OBJECTS = {
    "helpfulness": ["", ""],
    "count": [[{"object": "cat", "counts": 2}, {"object": "dog", "counts": "1"}], [{"object": "cup", "counts": 3}]],
    "spatial": [{"objs": ["cat", "dog"], "rel": ["on the left of"]}, {"objs": ["a", "b", "c"], "rel": ["between"]}],
    "color": [
        [{"object": "cup", "color": "red"}],
        [{"object": "a", "color": "blue"}, {"object": "b", "color": "pink"}],
    ],
    "size": [
        [{"object1": "cat", "object2": "dog", "size": "larger"}],
        [{"object1": "a", "object2": "b", "size": "smaller"}, {"object1": "a", "object2": "c", "size": "bigger"}],
    ],
}


def _drawn(style):
    return [
        {
            "id": str(10 + number),
            "task": task,
            "meta_prompt": f"{style} {task} {number}",
            "vanilla_prompt": f"plain {task} {number}",
            "objects": repr(objects) if objects else "",
        }
        for task, all_objects in _OBJECTS.items()
        for number, objects in enumerate(all_objects)
    ]


T2I = {split: _drawn(f"{word} a drawing of") for split, word in
       {"original": "make", "Shake_": "prithee", "Paraphrase_": "effectuate"}.items()}  # fmt: skip

_ANSWERS = {
    "attribute": "['white', 'snowy', 'grey']",
    "count": "{'cat': 2}",
    "spatial": "left",
    "identification": "['bench', 'seat']",
}


def _told(style):
    return [
        {
            "id": str(number),
            "img_id": 208135,
            "task": task,
            "question": f"What is the {task} {number}?",
            "answer": answer,
            "image": f"{style} picture",
        }
        for task, answer in _ANSWERS.items()
        for number in range(2)
    ]


STYLES = ("original", "Van_Gogh", "oil_painting", "watercolour_painting", "zoom_blur", "gaussian_noise", "pixelate")
I2T = {style: _told(style) for style in STYLES}
