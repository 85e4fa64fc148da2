"""Texts for signs and sheets of paper, in the characters that signs support."""

from __future__ import annotations

NOTICES = (
    "BAKERY", "LIBRARY", "MARKET", "MUSEUM", "STATION", "HARBOUR", "CINEMA", "SCHOOL", "POST OFFICE", "TICKETS",
    "ENTRANCE", "EXIT", "OPEN", "CLOSED", "WELCOME", "PARKING", "ONE WAY", "FRESH BREAD", "HOT SOUP", "TAXI", "FERRY",
    "LOST AND FOUND", "QUIET PLEASE", "MIND THE STEP", "PLATFORM", "GALLERY", "THEATRE", "WORKSHOP", "KITCHEN",
    "LAUNDRY",
)  # fmt: skip
"""Texts on signs."""

LONG_NOTICES = (
    "MARKET HALL", "NIGHT BUS", "EAST GATE", "MUSIC ROOM", "TEA GARDEN", "RIVER WALK", "OLD TOWN", "BOAT HIRE",
    "CITY BATHS", "BOOK FAIR", "FIRST FLOOR", "SUMMER SALE",
)  # fmt: skip
"""Parts of longer notices."""

SET_PHRASES = (
    ("COFFEE SHOP", "COFFEE SHIP"), ("BUS STOP", "BUS STEP"), ("FIRE EXIT", "FIVE EXIT"), ("WET PAINT", "WET PAINS"),
    ("POST OFFICE", "POST OFFERS"), ("CAR PARK", "CAR BARK"), ("FOR SALE", "FOR SALT"), ("TOWN HALL", "TOWN BALL"),
    ("SHOE SHOP", "SHOW SHOP"), ("BOOK STORE", "BOOK STONE"), ("GREEN TEA", "GREEN SEA"),
    ("HAPPY HOUR", "HAPPY HOUSE"), ("FISH MARKET", "FISH BASKET"), ("PUBLIC BATH", "PUBLIC PATH"),
    ("FRESH FRUIT", "FLESH FRUIT"), ("LOST PROPERTY", "LAST PROPERTY"), ("NIGHT SHIFT", "LIGHT SHIFT"),
    ("DEAD END", "DEAR END"), ("GIFT SHOP", "LIFT SHOP"), ("ICE CREAM", "ICE DREAM"), ("ROAD WORK", "ROAD WORM"),
    ("FIRST CLASS", "FIRST GLASS"), ("SLOW DOWN", "SLOW TOWN"), ("KEEP LEFT", "KEEP LIFT"),
    ("STAFF ONLY", "STUFF ONLY"), ("HIGH WATER", "HIGH WAITER"),
)  # fmt: skip
"""(expected phrase, similar phrase that is written instead)."""

GOODS = (
    "LOAVES", "LEMONS", "EGGS", "CANDLES", "TOMATOES", "PENCILS", "PLUMS", "CARROTS", "SPONGES", "BUTTONS", "RIBBONS",
    "PEARS", "MATCHES", "OLIVES", "ENVELOPES", "WALNUTS",
)  # fmt: skip
"""Goods on lists."""
