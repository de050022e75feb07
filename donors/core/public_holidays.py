"""Public holidays by country and region, computed and never stored.

The only module that knows the library. Countries and regions are ISO 3166 codes (`AT`; `9` for Vienna); "" is none.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays, list_supported_countries

FIRST, LAST = 1950, 2100
"""The years that are computed; others have no holidays."""
NOTHING: Mapping[date, str] = MappingProxyType({})


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    """The public holidays of a year in order, with their names in English; also the days on which they are made up for.

    A country that is not known has none, a region that is not known those of its country.
    """
    if country not in countries() or not FIRST <= year <= LAST:
        return NOTHING
    known = region if region in dict(regions(country)) else None
    found = country_holidays(country, subdiv=known, years=year, language="en_US")
    return MappingProxyType({on: found[on] for on in sorted(found) if on.year == year})


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The two-letter codes of all countries whose holidays are known."""
    return frozenset(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=64)
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """The regions of a country by name: code and name. None for a country that is not known."""
    if country not in countries():
        return ()
    made = country_holidays(country)
    names = made.get_subdivision_aliases()
    return tuple(sorted(((code, next(iter(names.get(code, ())), code)) for code in made.subdivisions), key=_name))


def _name(region: tuple[str, str]) -> str:
    return region[1]
