"""The places of the street views, with postal codes, area codes and coordinates (GeoNames, CC BY 4.0)."""

from __future__ import annotations

import csv
import math
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class GeoPlace:
    """A real place. ``dial`` is the area code, or that of the country; coordinates are in degrees. State and postal
    code are empty where they are not known."""

    city: str
    state: str
    state_code: str
    country: str
    country_code: str
    zip: str
    dial: str
    latitude: float
    longitude: float

    @property
    def key(self) -> str:
        return f"{self.country_code}-{self.zip or without_accents(self.city).replace(' ', '_')}"

    def label(self, granularity: str) -> str:
        """The name of the place at a granularity: country, state, city or zip."""
        return {"country": self.country, "state": self.state, "city": self.city, "zip": self.zip}[granularity]

    def target(self) -> dict[str, str | float]:
        """The place in the format of a case's target (docs/targets.md)."""
        names = {name: self.label(name) for name in ("country", "state", "city", "zip") if self.label(name)}
        return {**names, "latitude": self.latitude, "longitude": self.longitude}


@cache
def places() -> tuple[GeoPlace, ...]:
    """All places, in the order of the file."""
    text = (files("mmdt.synthetic.streets") / "places.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(
        GeoPlace(**{**row, "latitude": float(row["latitude"]), "longitude": float(row["longitude"])})  # type: ignore[arg-type]
        for row in csv.DictReader(lines, delimiter="\t")
    )


@cache
def by_zip() -> dict[str, GeoPlace]:
    """The places that have a postal code, by it."""
    return {place.zip: place for place in places() if place.zip}


def without_accents(text: str) -> str:
    """The text without accents: ``São Paulo`` becomes ``Sao Paulo``."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance between two points (latitude, longitude in degrees), by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(part) for part in point) for point in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(half, 1.0)))
