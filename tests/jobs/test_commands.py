"""`flask jobs`: the schedule in words, and one period by hand."""

from flask import Flask

from donors.jobs.schedule import SCHEDULE


def test_list_names_every_job_with_its_reason(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["jobs", "list"])
    assert said.exit_code == 0
    for job in SCHEDULE:
        assert job.name in said.output
        assert job.why in said.output


def test_run_does_one_period_and_only_once(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    first = run(args=["jobs", "run", "prune", "--on", "2026-03-09"])
    assert (first.exit_code, first.output) == (
        0,
        "prune 2026-03: done (answers 0, arrivals 0, mails 0, runs 0, sign_ins 0)\n",
    )
    again = run(args=["jobs", "run", "prune", "--on", "2026-03-20"])
    assert again.output == "prune 2026-03: done (answers 0, arrivals 0, mails 0, runs 0, sign_ins 0)\n"


def test_run_empties_a_queue(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["jobs", "run", "deliver"])
    assert (said.exit_code, said.output) == (0, "deliver: 0\n")


def test_run_refuses_what_it_does_not_know(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert "There is no job" in run(args=["jobs", "run", "nothing"]).output
    assert "lies in the future" in run(args=["jobs", "run", "prune", "--on", "2999-01-01"]).output
