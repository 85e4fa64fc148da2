"""Small local copies of both published datasets, in exactly the hub's layout; every row is a mild stand-in.

    python -m tests.hub_copy FOLDER

writes FOLDER/MMDecodingTrust-T2I and FOLDER/MMDecodingTrust-I2T: a README.md whose header lists the configurations,
and <config>/<split>-00000-of-00001.parquet with embedded pictures, as the ``datasets`` library uploads them.
"""

import io
import json
import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageDraw

from tests.hub_rows import adv, fairness, hallucination, ood, privacy, safety

REPOS = {"t2i": "AI-Secure/MMDecodingTrust-T2I", "i2t": "AI-Secure/MMDecodingTrust-I2T"}
PERSPECTIVES = {
    "safety": safety,
    "hallucination": hallucination,
    "fairness": fairness,
    "privacy": privacy,
    "adv": adv,
    "ood": ood,
}
TRAINING = "alphapav/MMDecodingTrust-T2I-Privacy"
PLACES = """image_index,country,state_province,city,zipcode
9,United States,Illinois,Urbana,61801
61,Canada,Ontario,Toronto,M4M 3H6
"""
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
IMAGE_COLUMNS = ("image",)


def rows_of(modality):
    """Config -> split -> rows, pictures as short texts that say what is drawn."""
    return {config: getattr(module, modality.upper()) for config, module in PERSPECTIVES.items()}


def write_copies(folder, seed=0):
    """Both copies; returns the folder."""
    for modality, repo in REPOS.items():
        write_copy(Path(folder) / repo.split("/")[1], rows_of(modality), seed)
    return Path(folder)


def write_copy(folder, tables, seed=0):
    """One dataset: config -> split -> rows."""
    for config, splits in tables.items():
        (folder / config).mkdir(parents=True, exist_ok=True)
        for split, rows in splits.items():
            write_table(folder / config / f"{split}-00000-of-00001.parquet", rows, seed)
    (folder / "README.md").write_text(readme(tables), encoding="utf-8")
    return folder


def readme(tables):
    lines = ["---", "license: cc-by-4.0", "configs:"]
    for config, splits in tables.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        for split in splits:
            lines += [f"  - split: {split}", f"    path: {config}/{split}-*"]
    return "\n".join([*lines, "---", "", "# A small stand-in", ""])


def write_table(path, rows, seed=0):
    """Rows as parquet with the column types and the header that the ``datasets`` library writes."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns, features = {}, {}
    for name in names:
        values = [row.get(name) for row in rows]
        if name in IMAGE_COLUMNS:
            columns[name] = pa.array([picture(value, seed) for value in values], IMAGE)
            features[name] = {"_type": "Image"}
        else:
            columns[name] = pa.array(values)
            features[name] = feature(columns[name].type)
    header = json.dumps({"info": {"features": features}})
    pq.write_table(pa.table(columns).replace_schema_metadata({"huggingface": header}), path, row_group_size=100)


def feature(kind):
    """An arrow type as the library's header spells it."""
    if pa.types.is_list(kind):
        return {"feature": feature(kind.value_type), "_type": "List"}
    if pa.types.is_struct(kind):
        return {field.name: feature(field.type) for field in kind}
    return {"dtype": {"double": "float64"}.get(str(kind), str(kind)), "_type": "Value"}


def picture(text, seed=0, kind="PNG", size=(48, 32)):
    """A small picture that differs for every text, as the library embeds it; raw bytes and None stay as they are."""
    if text is None or isinstance(text, bytes):
        return None if text is None else {"bytes": text, "path": "given.png"}
    draw = random.Random(f"{seed}:{text}")
    image = Image.new("RGB", size, tuple(draw.randrange(256) for _ in range(3)))
    for _ in range(3):
        x, y = draw.randrange(size[0]), draw.randrange(size[1])
        ImageDraw.Draw(image).rectangle((x, y, x + 9, y + 7), tuple(draw.randrange(256) for _ in range(3)))
    data = io.BytesIO()
    image.save(data, kind)
    return {"bytes": data.getvalue(), "path": f"{draw.randrange(10**6)}.{kind.lower()}"}


def write_real_layouts(folder, seed=0):
    """All three repositories as the hub holds them: text-to-image as JSON without pictures, image-to-text as parquet
    with the labels of street views in a table, and the training pictures in a repository of their own."""
    drawn, asked = rows_of("t2i"), rows_of("i2t")
    training = drawn.pop("privacy")
    write_json_copy(folder / "MMDecodingTrust-T2I", drawn)
    write_copy(folder / "MMDecodingTrust-T2I-Privacy", {"privacy": training}, seed)
    labels = ("country", "state_province", "city", "zipcode", "latitude", "longitude")
    street = [{key: row[key] for key in row if key not in labels} for row in asked["privacy"]["street_view"]]
    asked["privacy"] = {**asked["privacy"], "street_view": street}
    write_copy(folder / "MMDecodingTrust-I2T", asked, seed)
    (folder / "MMDecodingTrust-I2T" / "label_sum.csv").write_text(PLACES, encoding="utf-8")
    return folder


def write_json_copy(folder, tables):
    """One dataset, each split a JSON list of rows."""
    lines = ["---", "configs:"]
    for config, splits in tables.items():
        (folder / config).mkdir(parents=True, exist_ok=True)
        lines += [f"- config_name: {config}", "  data_files:"]
        for split, rows in splits.items():
            (folder / config / f"{split}.json").write_text(json.dumps(rows), encoding="utf-8")
            lines += [f"  - split: {split}", f"    path: {config}/{split}.json"]
    (folder / "README.md").write_text("\n".join([*lines, "---", ""]), encoding="utf-8")
    return folder


if __name__ == "__main__":
    print(write_copies(sys.argv[1]))
