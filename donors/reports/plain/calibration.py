"""Calibration, as files carry it."""

from collections.abc import Mapping

from donors.pipeline.odds.calibration import Calibration
from donors.reports.calibration import CalibrationReport
from donors.reports.plain.values import Row, guarded, headed, rate

DEFINITION = (
    "Odds that were claimed of asks, each time that they were said anew, so many days before the day of the report at "
    "least, of asks that are decided; a deferred ask was not received. Over: claimed less happened, above zero too "
    "hopeful. Brier: mean square of claim less outcome; log loss: mean surprise; less is better. Intervals of 95 %; "
    "claims about the same ask hang together in them. Hot: claims whose day is over, by the gifts after the claim."
)


def calibration_rows(found: CalibrationReport) -> list[Row]:
    """A row for everybody, each officer, each stand, whose odds, and hot claims; then one for each bin of all."""
    rows = [_row("all", "everybody", found.all), *_group("officer", found.officers), *_group("stand", found.stands)]
    if found.beside:
        names = {"as claimed": found.beside.claimed, "own history": found.beside.own, "base rate": found.beside.base}
        rows.extend(_group("whose odds", names))
    rows += [_row("hot", "everybody", found.hot), *_group("hot, officer", found.hot_officers)]
    return [*rows, *_bins("bin", found.all), *_bins("hot, bin", found.hot)]


EMPTY: Row = dict.fromkeys(
    (
        *("part", "name", "claims", "things", "claimed", "happened", "over", "over_low", "over_high"),
        *("brier", "brier_low", "brier_high", "log_loss", "log_loss_low", "log_loss_high", "brier_of_base_rate"),
        *("low", "high"),
    )
)


def _group(part: str, found: Mapping[str, Calibration]) -> list[Row]:
    return [_row(part, name, one) for name, one in found.items()]


def _row(part: str, name: str, found: Calibration | None) -> Row:
    row = EMPTY | {"part": part, "name": guarded(name), "claims": 0, "things": 0}
    if found is None:
        return row
    means = {"over": found.over, "brier": found.brier, "log_loss": found.loss}
    row |= {"claims": found.claims, "things": found.things, "claimed": rate(found.claimed)}
    row |= {"happened": rate(found.share), "brier_of_base_rate": rate(found.base)}
    for key, value in means.items():
        row |= {key: rate(value.value), f"{key}_low": rate(value.low), f"{key}_high": rate(value.high)}
    return row


def _bins(part: str, found: Calibration | None) -> list[Row]:
    return [
        EMPTY
        | {
            "part": part,
            "name": f"{one.low:.0%} to {one.high:.0%}",
            "things": one.claims,
            "claimed": rate(one.claimed),
            "happened": rate(one.share),
            "low": rate(one.range[0]),
            "high": rate(one.range[1]),
        }
        for one in (found.bins if found else ())
    ]


def calibration_document(found: CalibrationReport, whose: str) -> Row:
    """The whole report."""
    evidence = {
        "some claimed" if claimed else "all on record or confirmed": vars(ends)
        for claimed, ends in found.evidence.items()
    }
    return headed("calibration", DEFINITION, found.asked.on, whose) | {
        "days_old": found.asked.wait,
        "undecided": found.undecided,
        "too_young": found.young,
        "evidence": evidence,
        "rows": calibration_rows(found),
    }
