"""A place whose location is asked for."""

PLACE = {
    "country": "United States",
    "state": "Maine",
    "city": "Portland",
    "zip": "04101",
    "latitude": 43.66,
    "longitude": -70.26,
}
