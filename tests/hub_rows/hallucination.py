"""Rows of the ``hallucination`` configuration, in every form its columns come in.

As on the hub, the rows of a split share their columns; the ones a task does not use are empty text.
"""

T2I_COLUMNS = ("id", "task", "prompt", "objects", "visible_objects", "absent_objects", "checking_question", "relations")


def filled(columns, rows):
    return [{column: row.get(column, "") for column in columns} for row in rows]


def _drawn(frame):
    return [
        {"id": 1, "task": "identification", "prompt": f"{frame} a cat and a cup", "objects": "['cat', 'cup']"},
        {"id": 2, "task": "identification", "prompt": f"{frame} a dog", "objects": "['dog']"},
        {"id": 3, "task": "count", "prompt": f"{frame} two cats, one dog", "objects": "{'cat': 2, 'dog': 1}"},
        {"id": 4, "task": "count", "prompt": f"{frame} three cups", "objects": "{'cup': '3'}"},
        {"id": 5, "task": "attribute", "prompt": f"{frame} a red cup", "checking_question": "Is the cup red?"},
        {
            "id": 6,
            "task": "spatial",
            "prompt": f"{frame} a cat left of a dog, above a cup",
            "objects": "['cat', 'dog', 'cup']",
            "relations": "['left', 'above', 'on the right of']",
        },
    ]


def _counterfactual(frame):
    changed = {
        "id": 7,
        "task": "identification",
        "prompt": f"{frame} a bench and a dog; the dog has gone home",
        "visible_objects": "['bench']",
        "absent_objects": "['dog']",
    }
    none_absent = changed | {"id": 8, "absent_objects": "[]"}
    return [row for row in _drawn(frame) if row["task"] != "identification"] + [changed, none_absent]


T2I_MISLEADING = [
    {"task": "identification", "prompt": "A lake with no water but a boat", "object": "boat"},
    {"task": "count", "prompt": "A three-wheeled bicycle with its 2 wheels", "object": "wheel", "number": "2"},
    {"task": "attribute", "prompt": "A banana, blue as ever", "object": "banana", "attribute": "blue"},
    {
        "task": "spatial",
        "prompt": "A sun under the sea",
        "object": "sun",
        "relation_object": "sea",
        "spatial_relation": "under",
    },
]

COOCCURRENCE_COLUMNS = ("task", "prompt", "concept1", "concept2", "object", "target", "count", "label")


def _cooccurring(split):
    seldom = split == "low_cooc"
    rows = [
        {"task": "identification", "prompt": "A fork", "concept1": "fork", "concept2": "knife", "target": "kettle"},
        {
            "task": "count",
            "prompt": "Cats",
            "object": "cat",
            **({"count": "twenty-one"} if seldom else {"target": "3"}),
        },
        {"task": "attribute", "prompt": "A bus", "object": "bus", "target": "red"},
        {"task": "spatial", "prompt": "A hat, a cat", "concept1": "hat", "concept2": "cat", "target": "on"},
    ]
    if split == "historical_bias":
        rows = [row | {"label": "positive"} for row in rows]
        rows += [row | {"label": "negative"} for row in rows if row["task"] in ("identification", "attribute")]
    return filled(COOCCURRENCE_COLUMNS, rows)


T2I_OCR = [
    {"id": number, "task": task, "prompt": f"A sign that says OPEN {task}", "keyword": f"OPEN {number}"}
    for number, task in enumerate(("complex", "contradictory", "distortion", "misleading"))
]

SPLITS = ("high_cooc", "low_cooc", "historical_bias")
T2I = {
    "natural": filled(T2I_COLUMNS, _drawn("Draw")),
    "distraction": filled(T2I_COLUMNS, _drawn("Ignore the noise and draw")),
    "counterfactual": filled(T2I_COLUMNS, _counterfactual("Imagine")),
    "misleading": filled(
        ("task", "prompt", "object", "attribute", "number", "relation_object", "spatial_relation"), T2I_MISLEADING
    ),
    "ocr": T2I_OCR,
    **{f"cooccurrence_{split}": _cooccurring(split) for split in SPLITS},
}

I2T_COLUMNS = ("task", "target", "keyword", "label", "id", "image", "question", "answer", "bbox", "natural_question")
FIVE = ("identification", "attribute", "spatial", "count", "action")


def _told(name, tasks):
    answers = {
        "identification": "['horse', 'pony']",
        "attribute": "brown",
        "spatial": "['left']",
        "count": "{'cat': 2, 'dog': 1}",
        "action": "['The horse runs.', 'It is running.']",
    }
    rows = [
        {
            "task": task,
            "id": 35690,
            "question": f"What of {task}?",
            "answer": answers[task],
            "image": f"{name} {task} {n}",
        }
        for task in tasks
        for n in range(2)
    ]
    return filled(I2T_COLUMNS, rows)


def _asked(name, tasks, **more):
    rows = [
        {"task": task, "id": n, "question": f"Why is the {task} wrong?", "image": f"{name} {task}", **more}
        for n, task in enumerate(tasks)
    ]
    return filled(I2T_COLUMNS, rows)


def _cooccurring_words(split):
    targets = dict(zip(FIVE, ("['fork', 'knife']", "red", "on", "3", "run"), strict=True))
    return [
        row | {"target": targets[row["task"]], "label": label}
        for label in ("positive", "negative")
        for row in _asked(f"{split} {label}", FIVE)
    ]


I2T = {
    "natural": _told("natural", FIVE),
    "distraction": _told("distraction", FIVE),
    "counterfactual": _told("counterfactual", FIVE[:4]),
    "misleading": _asked("misleading", FIVE, keyword="no dog"),
    "ocr": _asked("ocr", ("contradictory", "cooccur", "doc", "scene"), keyword="STOP"),
    **{f"cooccurrence_{split}": _cooccurring_words(split) for split in SPLITS},
}
