"""The console's pictures: what stands where, and that nothing in them acts."""

import itertools
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from doorbell.domain.scales import BOUNDS_MS
from doorbell.domain.summaries import Rollup
from doorbell_cli.console.charts.bars import HALF, Bar, bars
from doorbell_cli.console.charts.heat import Column, heat
from doorbell_cli.console.charts.lines import HEIGHT as LINES_HEIGHT
from doorbell_cli.console.charts.lines import OVER, Point, lines
from doorbell_cli.console.charts.timeline import MOST_LANES, WIDTH, timeline
from doorbell_cli.console.views.event import Lane, Try
from doorbell_cli.console.views.latency import SPANS_MS, latency

RECEIVED = 1_000_000.0
HOUR = 3600.0


def lane(*tries: Try, name: str = "books", planned_at: float | None = None) -> Lane:
    ended = None if planned_at is not None else RECEIVED + 60
    state, tone = ("pending", "yellow") if planned_at is not None else ("delivered", "green")
    return Lane(name, name, 0, state, tone, "", RECEIVED + 0.1, ended, planned_at, len(tries) + 1, tries)


def attempt(after: float, *, good: bool, answer: str = "204") -> Try:
    return Try(1, RECEIVED + after, 0.05, good, answer)


def found(text: str, css: str) -> list[Element]:
    return [one for one in ElementTree.fromstring(text).iter() if one.get("class") == css]


def x(element: Element) -> float:
    return float(element.get("x") or element.get("cx") or element.get("x1") or "nan")


def test_attempts_stand_in_order_of_their_time_from_milliseconds_to_days() -> None:
    times = (0.2, 1.0, 10.0, HOUR, 30 * HOUR)
    shown = timeline([lane(*(attempt(at, good=False) for at in times))], RECEIVED, RECEIVED + 40 * HOUR)
    places = [x(one) for one in found(shown, "sent bad")]
    assert len(places) == 5
    assert places == sorted(places)
    assert all(later - earlier > 20 for earlier, later in itertools.pairwise(places))
    assert all(0 <= place <= WIDTH for place in places)


def test_what_is_planned_stands_behind_now() -> None:
    shown = timeline([lane(planned_at=RECEIVED + 2 * HOUR)], RECEIVED, RECEIVED + HOUR)
    (mark,) = [one for one in found(shown, "planned") if one.tag == "circle"]
    (now,) = [one for one in found(shown, "now") if one.tag == "line"]
    assert x(mark) > x(now)
    assert found(timeline([lane()], RECEIVED, RECEIVED + HOUR), "now") == []


def test_no_time_is_written_over_now() -> None:
    shown = timeline([lane(planned_at=RECEIVED + 70)], RECEIVED, RECEIVED + 64)
    names = [one.text for one in found(shown, "tick label")]
    assert "10 s" in names
    assert "1 min" not in names
    assert "1 min" in [one.text for one in found(timeline([lane()], RECEIVED, RECEIVED + 64), "tick label")]


def test_success_and_failure_are_told_apart_without_colour() -> None:
    shown = timeline([lane(attempt(1, good=False), attempt(5, good=True))], RECEIVED, RECEIVED + 60)
    (bad,), (good,) = found(shown, "sent bad"), found(shown, "sent good")
    assert bad.get("height") != good.get("height")


def test_text_of_outsiders_is_text() -> None:
    hostile = '<script>x</script>"\u202e\x1b'
    shown = timeline([lane(attempt(1, good=False, answer=hostile), name=hostile)], RECEIVED, RECEIVED + 60)
    assert not {"script"} & {one.tag for one in ElementTree.fromstring(shown).iter()}
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_a_crowd_of_deliveries_makes_no_endless_picture() -> None:
    shown = timeline([lane(name=f"s{n}") for n in range(500)], RECEIVED, RECEIVED + 60)
    assert len(found(shown, "lane label")) == MOST_LANES


def test_bars_are_as_high_as_their_numbers() -> None:
    shown = bars([Bar(10, 0, "ten"), Bar(5, 20, "five"), Bar(0, 0, "none")], "by hour")
    up = [float(one.get("height", "nan")) for one in found(shown, "good")]
    down = [float(one.get("height", "nan")) for one in found(shown, "bad")]
    assert up == [HALF / 2, HALF / 4, 0]
    assert down == [0, HALF, 0]
    assert 'aria-label="by hour"' in shown
    assert "NaN" not in bars([], "nothing")


def test_a_heat_map_is_the_darker_the_more_there_are_and_leaves_out_what_is_not() -> None:
    columns = [Column({0: 1}, "00:00", "00:00"), Column({0: 1000, 2: 30}, "01:00"), Column({}, "02:00")]
    shown = heat(columns, ["64 ms", "256 ms", "1 s"], "by hour")
    cells = found(shown, "heat")
    assert len(cells) == 3
    one, many, some = (float(cell.get("fill-opacity") or 0) for cell in (cells[0], cells[1], cells[2]))
    assert 0 < one < some < many <= 1
    assert float(cells[2].get("y") or 0) < float(cells[0].get("y") or 0)
    assert [cell[0].text for cell in cells] == ["00:00, 64 ms: 1", "01:00, 64 ms: 1,000", "01:00, 1 s: 30"]


def test_every_span_of_the_heat_map_ends_where_a_bucket_does() -> None:
    assert set(SPANS_MS) <= set(BOUNDS_MS)
    assert SPANS_MS[-1] == BOUNDS_MS[-1]
    counts = {f"l{bucket}": 1 for bucket in range(len(BOUNDS_MS))}
    times = latency([Rollup(0.0, counts)])
    assert sum(times.hours[0][1].values()) == len(BOUNDS_MS)
    assert len(times.spans) == len(SPANS_MS)


def test_lines_have_a_gap_where_nothing_was_measured_and_the_higher_value_stands_higher() -> None:
    points = [Point(low, low and low * 8, f"<b>{low}") for low in (2.0, 4.0, None, 8.0, 16.0, None, 1.0)]
    shown = lines(points, "<i>", ("1 ms", "<s>"))
    assert not any(tag in shown for tag in ("<b>", "<i>", "<s>"))
    assert [len((one.get("points") or "").split()) for one in found(shown, "pace low")] == [2, 2] + [0] * 5
    low, high = ([float(one.get("cy") or 0) for one in circles(shown, css)] for css in ("low", "high"))
    assert len(low) == len(high) == 5
    assert all(above < below for above, below in zip(high, low, strict=True))
    assert low[0] > low[1] > low[2] > low[3] < low[4]
    steps = [before - after for before, after in itertools.pairwise(low[:4])]
    assert max(steps) - min(steps) < 0.2, "each doubling is as high"


def test_lines_of_one_value_stand_in_the_picture() -> None:
    shown = lines([Point(5.0, 5.0, "all")], "all", ("5 ms", "5 ms"))
    assert [one.get("cy") for one in circles(shown, "low")] == [f"{OVER + LINES_HEIGHT / 2:g}"]


def circles(text: str, css: str) -> list[Element]:
    return [one for one in found(text, f"pace {css}") if one.tag == "circle"]
