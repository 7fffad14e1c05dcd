"""When a file stands still."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from icp_voice.settling import Settling
from icp_voice.stamps import Stamp

CALL = Path("call.mp3")
LOOKS = st.lists(
    st.tuples(st.floats(0.01, 20.0), st.one_of(st.none(), st.integers(0, 2))), min_size=1
)


def stamp(size: int | None) -> Stamp | None:
    return None if size is None else Stamp(size, size, 0, False)


@given(LOOKS)
def test_a_file_has_settled_exactly_when_its_last_change_was_seen_long_enough_ago(
    looks: list[tuple[float, int | None]],
) -> None:
    """Every change of size, time or presence begins the wait anew, however often it happens."""
    settling = Settling(5.0)
    now_s, changed_s, last = 0.0, 0.0, None
    for number, (pause_s, size) in enumerate(looks):
        now_s += pause_s
        if number == 0 or size != last:
            changed_s, last = now_s, size
        settling.observe({CALL: stamp(size)}, now_s)
        ready = changed_s <= now_s - 5.0
        assert settling.settled(now_s) == ({CALL: stamp(size)} if ready else {})
        wait_s = settling.next_s(now_s)
        assert (wait_s is None) == ready
        if wait_s is not None:
            assert 0 < wait_s <= 5.0
            assert CALL in settling.settled(now_s + wait_s + 1e-6)


def test_a_file_that_went_and_came_waits_anew() -> None:
    """A look without the file forgets it."""
    settling = Settling(5.0)
    settling.observe({CALL: stamp(1)}, 0.0)
    settling.observe({}, 3.0)
    settling.observe({CALL: stamp(1)}, 6.0)
    assert settling.settled(6.0) == {}
    assert CALL in settling.settled(11.0)
