"""What replies cost: list prices by the model that answered and by date, a user's own, and what a reply itself says."""

from mmdt.models.prices.own import prices_date
from mmdt.models.prices.price import NO_DETAILS, Details, Price, Tier
from mmdt.models.prices.tariff import BATCH_SHARE, Priced, Tariff, check_budget, price_of, tariff_at

__all__ = [
    "BATCH_SHARE",
    "NO_DETAILS",
    "Details",
    "Price",
    "Priced",
    "Tariff",
    "Tier",
    "check_budget",
    "price_of",
    "prices_date",
    "tariff_at",
]
