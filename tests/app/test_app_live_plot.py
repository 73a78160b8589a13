"""What the live chart is made of: series from runs, places on a canvas, frames."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import CHOICES, make_record

from tui_al.report.palette import MARKS, STRATEGY_MARKS
from tui_al.tui import frames
from tui_al.tui.canvas import Canvas, Glyph
from tui_al.tui.frames import Frames
from tui_al.tui.plotting import Ground, Plot, full_window, make_plan
from tui_al.tui.series import Series, View, draw_from
from tui_al.tui.session import RunState, Session

BACK, RED, BLUE = (0, 0, 0), (200, 0, 0), (0, 0, 200)
GROUND = Ground(BACK, (255, 255, 255), dark=True)


def texts(canvas: Canvas) -> list[str]:
    return ["".join(segment.text for segment in row) for row in canvas.lines()]


def backs(canvas: Canvas, row: int) -> list[object]:
    """The colour behind each cell of a row, None where nothing is."""
    return [
        segment.style.bgcolor.triplet if segment.style and segment.style.bgcolor else None
        for segment in canvas.lines()[row]
        for _ in segment.text
    ]


def run_of(session: Session, cycles: int, lift: float, **choices: str) -> RunState:
    run = session.begin(len(session.runs) + 1, replace(CHOICES, **choices))
    run.records = [make_record(cycle, lift) for cycle in range(cycles)]
    session.shown = run
    return run


def series(values: list[float], spread: float = 0.0, *, shown: bool = True) -> Series:
    xs = [float(10 * (t + 1)) for t in range(len(values))]
    return Series(
        "a", MARKS[0], xs, [int(x) for x in xs], values, [spread] * len(values),
        [2] * len(values), shown,
    )  # fmt: skip


# Series.


def test_a_mean_is_of_the_seeds_that_have_come_so_far() -> None:
    session = Session()
    for cycles, lift in ((3, 0.0), (2, 0.02)):
        run_of(session, cycles, lift)
    (mean,) = draw_from(session, View(mean=True))
    # make_record: 0.77, 0.87, 0.97 - 0.2 / 3
    assert mean.values == pytest.approx([0.78, 0.88, 0.97 - 0.2 / 3])
    assert mean.spreads == pytest.approx([0.02 / 2**0.5, 0.02 / 2**0.5, 0.0])
    assert mean.seeds == [2, 2, 1]
    assert (mean.xs, mean.labels) == ([30, 41, 52], [30, 41, 52])
    assert [one.values for one in draw_from(session, View())] == [
        pytest.approx([0.77, 0.87, 0.97 - 0.2 / 3]),
        pytest.approx([0.79, 0.89]),
    ]


def test_what_differs_by_more_than_the_seed_is_not_averaged() -> None:
    session = Session()
    run_of(session, 2, 0.0)
    run_of(session, 2, 0.0, ips="coreset")
    run_of(session, 2, 0.0, strategy="badge")
    run_of(session, 2, 0.0, dataset="trec6")
    session.move(-1)  # a run on the first dataset
    drawn = draw_from(session, View(mean=True))
    assert [one.label for one in drawn] == ["margin · random", "margin · coreset", "badge · random"]
    assert len({one.mark for one in drawn}) == 3
    assert [one.shown for one in drawn] == [False, False, True]


def test_seconds_add_up() -> None:
    session = Session()
    run_of(session, 3, 0.0)
    (one,) = draw_from(session, View(axis="seconds"))
    assert one.xs == pytest.approx([0.006, 0.012, 0.018])


def test_marks_of_seeds_started_together_share_the_strategys_colour() -> None:
    session = Session()
    runs = [session.begin(seed, CHOICES, seed) for seed in range(8)]
    own = STRATEGY_MARKS["margin"]
    assert runs[0].mark == own
    assert {run.mark.on_dark for run in runs} == {own.on_dark}
    assert len({run.mark.marker for run in runs}) == 8
    more = session.begin(9, CHOICES, 9)  # no marker of that colour is left
    assert more.mark not in {run.mark for run in runs}


def test_marks_of_seeds_started_one_by_one_differ_in_colour() -> None:
    session = Session()
    first, second = (session.begin(number, CHOICES) for number in range(2))
    assert first.mark.on_dark != second.mark.on_dark
    assert first.mark.marker != second.mark.marker


# Canvas.


def test_a_line_is_dots_of_its_colour() -> None:
    canvas = Canvas(2, 1, BACK)
    canvas.line(0, 0, 3, 3, RED)  # from the bottom left to the top right
    assert texts(canvas) == ["⡠⠊"]
    (segment,) = canvas.lines()[0]
    assert segment.style is not None and segment.style.color is not None
    assert segment.style.color.triplet == RED


def test_what_is_outside_is_not_drawn() -> None:
    canvas = Canvas(2, 1, BACK)
    canvas.line(-4, 0, 20, 0, RED)
    canvas.put(5, 0, Glyph("●", RED))
    canvas.band(0, -3.0, 9.0, RED)
    assert texts(canvas) == ["⣀⣀"]


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [
        (0.0, 1.0, " "),  # all of it, behind a space
        (0.0, 0.5, "▄"),
        (0.5, 1.0, "▄"),  # what is not of the band, on its colour
        (0.0, 0.0, "▁"),  # a band as thin as a line is seen
        (0.375, 0.625, "━"),
    ],
)
def test_a_band_ends_at_eighths_of_a_cell(low: float, high: float, drawn: str) -> None:
    canvas = Canvas(1, 1, BACK)
    canvas.band(0, low, high, RED)
    assert texts(canvas) == [drawn]
    filled = backs(canvas, 0)[0] is not None
    assert filled == (high == 1.0)


def test_bands_lie_behind_lines_and_mix_where_they_meet() -> None:
    canvas = Canvas(3, 1, BACK)
    for column, colors in ((0, [RED]), (1, [RED, BLUE]), (2, [BLUE])):
        for color in colors:
            canvas.band(column, 0.0, 1.0, color)
    canvas.line(0, 0, 5, 0, RED)
    canvas.put(1, 0, Glyph("●", BLUE))
    assert texts(canvas) == ["⣀●⣀"]
    one, both, other = backs(canvas, 0)
    assert one[1:] == (0, 0) and other[:2] == (0, 0)
    assert both[0] > 0 and both[2] > 0


# Plans.

shares = st.floats(0, 1, allow_nan=False)


@given(
    st.lists(st.lists(shares, min_size=1, max_size=21), min_size=1, max_size=5),
    st.integers(1, 200),
    st.integers(1, 60),
    st.floats(0, 0.4),
)
def test_every_chart_fits_and_shows_all_values(
    curves: list[list[float]], width: int, height: int, spread: float
) -> None:
    drawn = [series(values, spread, shown=False) for values in curves]
    window = full_window(drawn, 250)
    plan = make_plan(drawn, width, height, window)
    if plan is None:
        assert width < 26 or height < 7
        return
    for one in drawn:
        for x, value in zip(one.xs, one.values, strict=True):
            assert 0 <= plan.column(x) < plan.columns
            assert 0 <= plan.row(value) < plan.rows
    rows = Plot(drawn, plan, GROUND).rows(3)
    assert len(rows) == height
    assert {sum(segment.cell_length for segment in row) for row in rows} == {width}
    ticks = [plan.row(tick) for tick in plan.ticks_y]
    assert ticks == sorted(set(ticks), reverse=True)  # each number has a row of its own


@given(st.floats(0, 249), st.floats(0.5, 250))
def test_a_place_on_the_axis_is_found_again(low: float, span: float) -> None:
    plan = make_plan([series([0.5, 0.6])], 100, 20, (low, low + span))
    assert plan is not None
    for column in range(plan.left + 1, plan.left + 1 + plan.columns):
        assert abs(plan.column(plan.x_at(column)) - (column - plan.left - 1)) <= 1


def test_of_many_curves_each_marks_its_own_cycles() -> None:
    flat = [replace(series([0.1 * n] * 20, shown=False), mark=MARKS[n]) for n in range(1, 8)]
    plan = make_plan(flat, 120, 40, full_window(flat, 200))
    assert plan is not None
    rows = ["".join(segment.text for segment in row) for row in Plot(flat, plan, GROUND).rows()]
    counts = {one.mark.marker: sum(row.count(one.mark.marker) for row in rows) for one in flat}
    assert all(5 <= count <= 6 for count in counts.values())  # every fourth, and the last
    rows = ["".join(segment.text for segment in row) for row in Plot(flat[:1], plan, GROUND).rows()]
    assert sum(row.count(flat[0].mark.marker) for row in rows) == 20


# Frames.


class Timers:
    """Keeps what is to be called later, and a clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0
        self.later: list[tuple[float, object]] = []

    def set_timer(self, delay: float, call: object) -> None:
        self.later.append((delay, call))

    def call_after_refresh(self, call: Callable[..., None], *arguments: object) -> None:
        call(*arguments)


def test_drawings_asked_for_between_two_frames_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = Timers()
    drawings: list[float] = []
    monkeypatch.setattr(frames, "_LEAST", 0.5)
    monkeypatch.setattr(frames, "monotonic", lambda: timers.now)
    asked = Frames(timers, lambda: drawings.append(timers.now))
    for _ in range(9):
        asked.ask()  # the first at once, the others together
    assert drawings == [100.0]
    ((delay, call),) = timers.later
    assert delay == 0.5
    timers.now += delay
    call()
    assert drawings == [100.0, 100.5]
    timers.now += 9.0
    asked.ask()  # after a rest at once
    assert drawings == [100.0, 100.5, 109.5]
    assert len(timers.later) == 1


def test_what_takes_long_to_draw_is_drawn_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    timers, worked = Timers(), iter([0.0, 0.3])
    monkeypatch.setattr(frames, "_LEAST", 0.5)
    monkeypatch.setattr(frames, "_REST", 3.0)
    monkeypatch.setattr(frames, "monotonic", lambda: timers.now)
    monkeypatch.setattr(frames, "thread_time", lambda: next(worked))
    asked = Frames(timers, lambda: None)
    asked.ask()
    asked.ask()
    ((delay, _),) = timers.later
    assert delay == pytest.approx(0.9)
