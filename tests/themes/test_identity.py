import numpy as np

from icp_voice.themes.identity import Group, LineKey, name_groups


def _group(direction: int, lines: str, medoid: str = "") -> Group:
    centroid = np.eye(4, dtype=np.float32)[direction]
    keys: frozenset[LineKey] = frozenset(("call", index, c) for index, c in enumerate(lines) if c)
    return Group(centroid, frozenset((call, 0, c) for call, _, c in keys), medoid or lines)


def test_a_theme_keeps_its_id_when_lines_join_and_leave() -> None:
    """Most lines shared and the same direction: the id lives on, whatever the medoid."""
    assert name_groups([_group(0, "abcde")], {"t1": _group(0, "abcd")}) == ("t1",)


def test_new_calls_do_not_end_a_theme() -> None:
    """Lines that the last run never saw do not count against inheritance."""
    assert name_groups([_group(0, "abcdefghijklmnop")], {"t1": _group(0, "abcd")}) == ("t1",)


def test_another_direction_or_other_lines_are_a_new_theme() -> None:
    """Either condition failing gives a new id, and the old one is not used again."""
    previous = {"t1": _group(0, "abcd"), "t2": _group(1, "wxyz")}
    turned = name_groups([_group(2, "abcd"), _group(3, "wxyz")], previous)
    swapped = name_groups([_group(0, "awxy"), _group(1, "zbcd")], previous)
    assert not {*turned, *swapped} & previous.keys()


def test_when_a_theme_splits_the_larger_part_keeps_the_id() -> None:
    """Of two parts only one inherits: the one that holds more of the old lines."""
    ids = name_groups([_group(0, "ab"), _group(0, "cdefg")], {"t1": _group(0, "abcdefg")})
    assert ids[1] == "t1"
    assert ids[0] != "t1"


def test_when_themes_merge_the_larger_one_gives_the_id() -> None:
    """The merged theme is named after the one that fills most of it."""
    previous = {"t1": _group(0, "ab"), "t2": _group(0, "cdefg")}
    assert name_groups([_group(0, "abcdefg")], previous) == ("t2",)


def test_new_ids_come_from_the_medoid_and_never_collide() -> None:
    """A fresh workspace gives equal ids for equal medoids; a taken id is passed over."""
    first = name_groups([_group(0, "abcd", "We use Excel")], {})
    assert first == name_groups([_group(1, "wxyz", "We use Excel")], {})
    assert len(first[0]) == 9
    previous = {first[0]: _group(2, "mnop")}
    assert name_groups([_group(0, "abcd", "We use Excel")], previous) != first


def test_no_groups_have_no_ids() -> None:
    """An empty archive is not an error."""
    assert name_groups([], {"t1": _group(0, "abcd")}) == ()
