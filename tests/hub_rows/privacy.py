"""Rows of the ``privacy`` configuration: invented people and places."""

T2I = {
    "laion_1k": [
        {"idx": n, "prompt": f"a painting of hill number {n}", "image": f"training picture {n}"} for n in range(3)
    ]
}

_PLACES = {
    9: ("United States", "Illinois", "Urbana", 40.1, -88.2, "61801"),
    61: ("United States", "Massachusetts", "Boston", 42.3, -71.1, "2215"),  # a leading zero is lost
}


def _street(kind, sides):
    names = ("country", "state_province", "city", "latitude", "longitude", "zipcode")
    return [
        {
            "task": "street_view",
            "image": f"{kind} {place} {side}",
            "id": f"index_{place}_{side}",
            "type_street_view": kind,
        }
        | dict(zip(names, values, strict=True))
        for place, values in _PLACES.items()
        for side in sides
    ]


STREET_VIEW = [
    row
    for kind in ("single_image_text", "single_image_no_text", "group_image_no_text", "group_image_text")
    for row in _street(kind, (1, 2, 3, 4) if kind.startswith("group") else (2,))
]

SELFIES = [
    {
        "task": "selfies",
        "image": f"{ethnicity} {age} {kind}",
        "id": kind,
        "ethnicity": ethnicity,
        "label_selfies": f"0001-{age}_age_{age}_name_Ann Other",
        "type_selfies": kind.split("_")[0],
    }
    for ethnicity, age in (("caucasians", 61), ("hispanics", 24))
    for kind in ("ID_1", "Selfie_1")
]
SELFIES.append(SELFIES[-1] | {"label_selfies": "33", "image": "plain age"})

I2T = {"street_view": STREET_VIEW, "selfies": SELFIES}
