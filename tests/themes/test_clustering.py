import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from icp_voice.config import ThemesConfig
from icp_voice.records import BuyerLine
from icp_voice.themes.clustering import find_themes

CONFIG = ThemesConfig(min_deals=3)
SPREADSHEETS = "All {} invoices live in shared spreadsheets"
AUDIT = "External auditors found {} serious compliance gaps"
PEOPLE = ("supplier", "customer", "carrier", "factory", "warehouse", "dealer")


class TopicEmbedder:
    """One direction a topic word, with a little noise of the text's own; no model needed."""

    name = "topics"
    languages = ("en",)
    notice = ""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of 16 columns."""
        rows = np.zeros((len(texts), 16))
        for row, text in zip(rows, texts, strict=True):
            seed = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
            row += 0.05 * np.random.default_rng(seed).normal(size=16)
            for column, word in enumerate(("spreadsheets", "auditors", "competitor")):
                row[column] += word in text
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(norms, norms, 1), dtype=np.float32)


def _line(deal: int, text: str, *, turn: int = 0) -> BuyerLine:
    return BuyerLine(f"call{deal}", f"deal{deal}", turn, turn * 5.0, turn * 5.0 + 4, "en", text)


@pytest.fixture
def lines() -> list[BuyerLine]:
    """Two topics over six deals, small talk in each, one topic of a single deal."""
    said = []
    for deal, who in enumerate(PEOPLE):
        said.append(_line(deal, "Good morning, thanks for taking the time.", turn=0))
        said.append(_line(deal, SPREADSHEETS.format(who), turn=1))
        if deal < 4:
            said.append(_line(deal, AUDIT.format(who), turn=2))
        if deal == 5:
            said += [
                _line(deal, f"One competitor offers {who} routing software", turn=turn)
                for turn in range(3, 7)
            ]
    return said


def test_themes_are_what_several_deals_say(lines: list[BuyerLine]) -> None:
    """Both topics come out with counts, quote and label; one deal's own topic does not."""
    spreadsheets, audit = find_themes(lines, TopicEmbedder(), CONFIG)
    assert (spreadsheets.n_deals, spreadsheets.n_calls, len(spreadsheets.members)) == (6, 6, 6)
    assert (audit.n_deals, audit.n_calls) == (4, 4)
    assert spreadsheets.medoid == spreadsheets.members[0].line.text
    assert "spreadsheets" in spreadsheets.label
    assert "compliance" in audit.label
    assert spreadsheets.stability == 1.0


def test_small_talk_is_never_a_theme(lines: list[BuyerLine]) -> None:
    """What every call opens with is in no theme."""
    members = [m.line.text for t in find_themes(lines, TopicEmbedder(), CONFIG) for m in t.members]
    assert not any("morning" in text for text in members)


def test_input_order_changes_nothing(lines: list[BuyerLine]) -> None:
    """Shuffled lines give equal themes: ids, members, labels, figures."""
    shuffled = list(lines)
    random.Random(4).shuffle(shuffled)
    assert find_themes(lines, TopicEmbedder(), CONFIG) == find_themes(
        [*shuffled, shuffled[0]], TopicEmbedder(), CONFIG
    )


def test_ids_survive_new_calls(lines: list[BuyerLine]) -> None:
    """With more calls a theme keeps the id of the last run, though its medoid may change."""
    before = find_themes(lines, TopicEmbedder(), CONFIG)
    renamed = [replace(theme, theme_id=f"t0000000{n}") for n, theme in enumerate(before)]
    more = [_line(n, SPREADSHEETS.format(f"partner{n}"), turn=1) for n in range(10, 22)]
    after = find_themes([*lines, *more], TopicEmbedder(), CONFIG, previous=renamed)
    assert [theme.theme_id for theme in after] == ["t00000000", "t00000001"]


def test_a_theme_that_is_gone_gives_its_id_to_nobody(lines: list[BuyerLine]) -> None:
    """Without its lines the old theme ends, and the others are not renamed after it."""
    spreadsheets, audit = find_themes(lines, TopicEmbedder(), CONFIG)
    left = [line for line in lines if "auditors" not in line.text]
    (theme,) = find_themes(left, TopicEmbedder(), CONFIG, previous=[audit, spreadsheets])
    assert theme.theme_id == spreadsheets.theme_id


def test_calls_without_a_deal_count_as_calls_only(lines: list[BuyerLine]) -> None:
    """Lines of unmatched calls are members, and are no deal."""
    unmatched = [replace(line, deal_id=None) if "auditors" in line.text else line for line in lines]
    (theme,) = find_themes(unmatched, TopicEmbedder(), CONFIG)
    assert "spreadsheets" in theme.label


def test_at_most_so_many_themes_are_kept(lines: list[BuyerLine]) -> None:
    """The limit keeps the themes of most deals."""
    (theme,) = find_themes(lines, TopicEmbedder(), replace(CONFIG, max_themes=1))
    assert theme.n_deals == 6


def test_nothing_said_is_no_theme() -> None:
    """No lines, and lines without content, give no themes."""
    assert find_themes([], TopicEmbedder(), CONFIG) == ()
    assert find_themes([_line(1, "Yes, exactly.")], TopicEmbedder(), CONFIG) == ()
