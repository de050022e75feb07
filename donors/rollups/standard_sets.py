"""What the standard figures of constituents are: one line each, with what a fundraiser reads in it."""

from dataclasses import dataclass

from donors.rollups.definition import Definition, Operation, Returns, Source, value_kind_of
from donors.rollups.frame import ALL_TIME, CALENDAR, Frame, Span

THIS_YEAR, LAST_YEAR, YEAR_BEFORE = (Frame(Span.YEAR, ago) for ago in range(3))
THIS_CALENDAR_YEAR, LAST_CALENDAR_YEAR = (Frame(Span.YEAR, ago, CALENDAR) for ago in range(2))
LAST_30, LAST_90, LAST_365, LAST_730 = (Frame(Span.LAST_DAYS, days) for days in (30, 90, 365, 730))
FIVE_YEARS = Frame(Span.LAST_YEARS, 5)
NUMBER, AMOUNT, DAY, ROW = Returns.NUMBER, Returns.AMOUNT, Returns.DATE, Returns.ROW
TOTAL, COUNT = Operation.TOTAL, Operation.COUNT
LARGEST, SMALLEST, FIRST, LAST = Operation.LARGEST, Operation.SMALLEST, Operation.FIRST, Operation.LAST


@dataclass(frozen=True)
class Line:
    """A figure, of whichever rows. `field` is what it counts or returns, `number` which one."""

    key: str
    label: str
    operation: Operation
    description: str
    frame: Frame = ALL_TIME
    returns: Returns = NUMBER
    field: str = ""
    number: int = 0

    def of(self, source: Source) -> Definition:
        """The definition over the rows of a source."""
        return Definition(
            self.key,
            self.label,
            source,
            self.operation,
            self.returns,
            value_kind_of(source, self.operation, self.returns),
            self.frame,
            description=self.description,
            field=self.field,
            number=self.number,
        )


EVERY_CREDIT = (
    Line("lifetime_total", "Lifetime total", TOTAL, "All that was ever given, less what was refunded."),
    Line("last_365_days_total", "Total, last 365 days", TOTAL, "What came in within a year of today.", LAST_365),
    Line("last_gift_on", "Last gift on", LAST, "The day of the latest gift.", returns=DAY),
    Line("largest_gift", "Largest gift", LARGEST, "The most that was given at once.", returns=AMOUNT),
    Line("gift_count", "Number of gifts", COUNT, "How often there was a gift."),
    Line("average_gift", "Average gift", Operation.AVERAGE, "The lifetime total by the number of gifts."),
    Line("largest_gift_on", "Largest gift on", LARGEST, "When the most was given at once.", returns=DAY),
    Line(
        "largest_gift_id", "Largest gift (id)", LARGEST, "Which gift was the largest; the later of equals.", returns=ROW
    ),
    Line("smallest_gift", "Smallest gift", SMALLEST, "The least that was given at once.", returns=AMOUNT),
    Line("smallest_gift_on", "Smallest gift on", SMALLEST, "When the least was given at once.", returns=DAY),
    Line("first_gift", "First gift", FIRST, "What it began with.", returns=AMOUNT),
    Line("first_gift_on", "First gift on", FIRST, "The day on which it began.", returns=DAY),
    Line("first_gift_id", "First gift (id)", FIRST, "Which gift was the first.", returns=ROW),
    Line("last_gift", "Last gift", LAST, "The amount of the latest gift.", returns=AMOUNT),
    Line("last_gift_id", "Last gift (id)", LAST, "Which gift was the latest.", returns=ROW),
    Line("this_fiscal_year_total", "Total, this fiscal year", TOTAL, "Given in this fiscal year.", THIS_YEAR),
    Line("this_fiscal_year_count", "Gifts, this fiscal year", COUNT, "How often in this fiscal year.", THIS_YEAR),
    Line("last_fiscal_year_total", "Total, last fiscal year", TOTAL, "Given in the fiscal year before.", LAST_YEAR),
    Line("last_fiscal_year_count", "Gifts, last fiscal year", COUNT, "How often in the year before.", LAST_YEAR),
    Line("last_365_days_count", "Gifts, last 365 days", COUNT, "How often within a year of today.", LAST_365),
    Line(
        "best_year",
        "Best fiscal year",
        Operation.BEST_YEAR,
        "The fiscal year with most money; the earlier of equals.",
        returns=Returns.YEAR,
    ),
    Line(
        "best_year_total",
        "Total of the best fiscal year",
        Operation.BEST_YEAR,
        "What came in during the best fiscal year: what somebody can do.",
        returns=AMOUNT,
    ),
    Line("years_given", "Fiscal years with gifts", Operation.YEARS, "In how many fiscal years there was a gift."),
    Line(
        "current_streak",
        "Fiscal years in a row",
        Operation.STREAK,
        "Loyalty: years in a row up to this one, or the last one while this has none yet.",
    ),
    Line(
        "two_years_ago_total", "Total, two fiscal years ago", TOTAL, "Given the year before the last one.", YEAR_BEFORE
    ),
    Line("two_years_ago_count", "Gifts, two fiscal years ago", COUNT, "How often the year before last.", YEAR_BEFORE),
)
"""By hard credit and, under other keys, by soft credit."""

GIFTS = (
    Line("last_30_days_total", "Total, last 30 days", TOTAL, "What has just come in: whom to thank.", LAST_30),
    Line("last_30_days_count", "Gifts, last 30 days", COUNT, "How often within 30 days.", LAST_30),
    Line("last_90_days_total", "Total, last 90 days", TOTAL, "What came in within three months.", LAST_90),
    Line("last_90_days_count", "Gifts, last 90 days", COUNT, "How often within three months.", LAST_90),
    Line("last_730_days_total", "Total, last 730 days", TOTAL, "What came in within two years of today.", LAST_730),
    Line("last_730_days_count", "Gifts, last 730 days", COUNT, "How often within two years of today.", LAST_730),
    Line(
        "five_fiscal_years_total",
        "Total, last five fiscal years",
        TOTAL,
        "The five full fiscal years before this one: a steady view for asks.",
        FIVE_YEARS,
    ),
    Line(
        "this_fiscal_year_largest",
        "Largest gift, this fiscal year",
        LARGEST,
        "The most at once in this fiscal year.",
        THIS_YEAR,
        AMOUNT,
    ),
    Line(
        "last_fiscal_year_largest",
        "Largest gift, last fiscal year",
        LARGEST,
        "The most at once in the year before: what to ask for again.",
        LAST_YEAR,
        AMOUNT,
    ),
    Line(
        "change_on_last_year",
        "Change on last fiscal year",
        Operation.CHANGE,
        "This fiscal year less all of the last one: below zero until somebody has caught up.",
        THIS_YEAR,
    ),
    Line(
        "years_given_list",
        "Fiscal years with gifts (list)",
        Operation.YEARS,
        "In which fiscal years there was a gift: gaps show at a glance.",
        returns=Returns.YEARS,
    ),
    Line("this_calendar_year_total", "Total, this calendar year", TOTAL, "For tax letters.", THIS_CALENDAR_YEAR),
    Line("last_calendar_year_total", "Total, last calendar year", TOTAL, "For tax letters.", LAST_CALENDAR_YEAR),
    Line(
        "first_gift_campaign", "First gift: campaign", FIRST, "What brought somebody in.", returns=ROW, field="campaign"
    ),
    Line("first_gift_method", "First gift: method", FIRST, "How somebody came.", returns=ROW, field="method"),
    Line("last_gift_campaign", "Last gift: campaign", LAST, "What moved somebody last.", returns=ROW, field="campaign"),
    Line("last_gift_method", "Last gift: method", LAST, "How somebody gave last.", returns=ROW, field="method"),
    Line(
        "largest_gift_campaign",
        "Largest gift: campaign",
        LARGEST,
        "What somebody cares for most.",
        returns=ROW,
        field="campaign",
    ),
    Line(
        "largest_gift_method",
        "Largest gift: method",
        LARGEST,
        "How somebody gives when it matters.",
        returns=ROW,
        field="method",
    ),
)

SHIFTS = (
    Line("volunteer_minutes", "Volunteer hours", TOTAL, "All hours that were ever worked."),
    Line(
        "volunteer_minutes_this_year",
        "Volunteer hours, this fiscal year",
        TOTAL,
        "Worked in this fiscal year.",
        THIS_YEAR,
    ),
    Line(
        "volunteer_minutes_last_year",
        "Volunteer hours, last fiscal year",
        TOTAL,
        "Worked in the fiscal year before.",
        LAST_YEAR,
    ),
    Line(
        "volunteer_minutes_last_365_days",
        "Volunteer hours, last 365 days",
        TOTAL,
        "Worked within a year of today: who is with us now.",
        LAST_365,
    ),
    Line("shift_count", "Number of shifts", COUNT, "How often somebody came to help."),
    Line("first_shift_on", "First shift on", FIRST, "Since when somebody helps.", returns=DAY),
    Line("last_shift_on", "Last shift on", LAST, "When somebody helped last.", returns=DAY),
    Line(
        "last_shift_activity",
        "Last shift: activity",
        LAST,
        "What somebody did when they helped last.",
        returns=ROW,
        field="activity",
    ),
)

MOVES = (
    Line(
        "last_move_on", "Last move on", LAST, "The last contact that was made; planned ones do not count.", returns=DAY
    ),
    Line("move_count", "Number of moves", COUNT, "How often somebody was called, met or written to."),
    Line("moves_last_365_days", "Moves, last 365 days", COUNT, "Contacts within a year of today.", LAST_365),
    Line("moves_this_fiscal_year", "Moves, this fiscal year", COUNT, "Contacts in this fiscal year.", THIS_YEAR),
    Line("first_move_on", "First move on", FIRST, "When somebody was first approached.", returns=DAY),
    Line("last_move_method", "Last move: method", LAST, "How the last contact was made.", returns=ROW, field="method"),
    Line("last_move_outcome", "Last move: outcome", LAST, "How the last contact went.", returns=ROW, field="outcome"),
    Line("last_move_officer", "Last move: by", LAST, "Who made the last contact.", returns=ROW, field="officer"),
)

SPARE_GIFTS = (
    Line(
        "median_gift",
        "Median gift",
        Operation.MEDIAN,
        "Half of the gifts are larger: a usual gift, whatever the largest.",
    ),
    Line(
        "longest_streak",
        "Most fiscal years in a row",
        Operation.LONGEST_STREAK,
        "The longest loyalty that there ever was.",
    ),
    Line(
        "days_since_last_gift",
        "Days since the last gift",
        Operation.DAYS_SINCE,
        "Grows every day: all figures are computed anew every night while it is on. “Last gift on” asks the same.",
    ),
    Line(
        "campaigns_given_to",
        "Campaigns given to",
        Operation.DISTINCT,
        "How many different campaigns somebody has answered.",
        field="campaign",
    ),
    Line("second_gift_on", "Second gift on", Operation.NTH, "When somebody came back.", returns=DAY, number=2),
)
EITHER = (
    Line(
        "either_lifetime_total", "Hard or soft: lifetime total", TOTAL, "All that somebody gave or is recognized for."
    ),
    Line(
        "either_last_365_days_total",
        "Hard or soft: total, last 365 days",
        TOTAL,
        "The same within a year of today.",
        LAST_365,
    ),
    Line(
        "either_this_fiscal_year_total",
        "Hard or soft: total, this fiscal year",
        TOTAL,
        "The same in this fiscal year.",
        THIS_YEAR,
    ),
    Line(
        "either_last_fiscal_year_total",
        "Hard or soft: total, last fiscal year",
        TOTAL,
        "The same in the fiscal year before.",
        LAST_YEAR,
    ),
    Line("either_gift_count", "Hard or soft: number of gifts", COUNT, "Each gift once, by whichever credit."),
    Line(
        "either_largest_gift", "Hard or soft: largest gift", LARGEST, "The most at once, both added up.", returns=AMOUNT
    ),
    Line("either_last_gift_on", "Hard or soft: last gift on", LAST, "The day of the latest of them.", returns=DAY),
)
SPARE_SHIFTS = (
    Line(
        "activities_worked",
        "Volunteer activities",
        Operation.DISTINCT,
        "In how many different activities somebody has helped.",
        field="activity",
    ),
)
SPARE_MOVES = (
    Line(
        "days_since_last_move",
        "Days since the last move",
        Operation.DAYS_SINCE,
        "Grows every day: all figures are computed anew every night while it is on. “Last move on” asks the same.",
    ),
)
