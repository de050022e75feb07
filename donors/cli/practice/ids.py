"""What got which id while the practice charity is written."""

from dataclasses import dataclass, field


@dataclass
class Ids:
    """People by their place, staff by login, the rest by name."""

    people: list[int] = field(default_factory=list)
    staff: dict[str, int] = field(default_factory=dict)
    funds: dict[str, int] = field(default_factory=dict)
    appeals: dict[str, int] = field(default_factory=dict)
    campaigns: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=dict)
