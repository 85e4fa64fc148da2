"""Croissant metadata (MLCommons, version 1.0) of made data, so that other tools can load and cite it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from mmdt.data.records import METADATA

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FIELDS = {
    "id": "The id of the case, made from its content.",
    "cell": "perspective/modality/scenario/task.",
    "prompt": "What the model is asked.",
    "image": "The path of the picture, relative to the folder; absent where the model is to draw one.",
}


def write_croissant(folder: Path, cases: str, pictures: str, *, name: str, about: str, seed: int) -> Path:
    """Describe the cases and pictures in ``folder``; returns the file. The same data gives the same file."""
    made = metadata(folder, cases, pictures, name=name, about=about, seed=seed)
    path = folder / METADATA
    path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def metadata(folder: Path, cases: str, pictures: str, *, name: str, about: str, seed: int) -> dict[str, Any]:
    """The metadata as JSON-LD."""
    found = (folder / cases).read_bytes()
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": about,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "https://www.apache.org/licenses/LICENSE-2.0",
        "url": "https://arxiv.org/abs/2503.14827",
        "version": f"{seed}.0.0",
        "datePublished": "2026-01-01",
        "isLiveDataset": False,
        "rai:dataCollection": f"Made by mmdt from the seed {seed}; no person, place or work is pictured.",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": cases,
                "name": cases,
                "contentUrl": cases,
                "contentSize": f"{len(found)} B",
                "encodingFormat": "application/jsonlines",
                "sha256": hashlib.sha256(found).hexdigest(),
            },
            {
                "@type": "cr:FileSet",
                "@id": "pictures",
                "name": "pictures",
                "includes": f"{pictures}/*.png",
                "encodingFormat": "image/png",
            },
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "cases",
                "name": "cases",
                "key": {"@id": "cases/id"},
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"cases/{field}",
                        "name": field,
                        "description": text,
                        "dataType": "sc:Text",
                        "source": {"fileObject": {"@id": cases}, "extract": {"column": field}},
                    }
                    for field, text in _FIELDS.items()
                ],
            }
        ],
    }
