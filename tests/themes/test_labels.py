from icp_voice.themes.labels import label_themes


def test_labels_are_the_words_that_set_a_theme_apart() -> None:
    """Words that every theme shares stand behind those of one theme only."""
    labels = label_themes(
        [
            [
                ("en", "Our team copies invoices into spreadsheets"),
                ("en", "The team copied orders into a spreadsheet"),
                ("en", "Invoices are in spreadsheets, the team hates it"),
            ],
            [
                ("en", "The auditors found gaps, our team worries"),
                ("en", "The team failed an audit, auditors came"),
                ("en", "Auditors ask our team for a log of the audit"),
            ],
        ]
    )
    assert labels[0].startswith("spreadsheets")
    assert labels[0].endswith("team")
    assert "auditors" in labels[1].split(", ")[:2]


def test_inflected_forms_count_as_one_word() -> None:
    """Russian cases add up, and the commonest form is shown."""
    (label,) = label_themes(
        [
            [
                ("ru", "Заявки ведём в таблицах вручную"),
                ("ru", "Таблица заявок устарела"),
                ("ru", "В таблицах путаница"),
            ]
        ]
    )
    assert "таблицах" in label
    assert "таблица," not in f"{label},"


def test_order_of_lines_does_not_matter() -> None:
    """The same lines in another order give the same label."""
    lines = [
        ("en", "Closing the books takes ten days"),
        ("en", "Month end closing is slow"),
        ("en", "The books are closed late each month end"),
    ]
    assert label_themes([lines]) == label_themes([lines[::-1]])


def test_a_theme_without_repeated_words_may_have_no_label() -> None:
    """One word in one line of many names nothing; the caller shows the quote instead."""
    lines = [("en", text) for text in ("alpha", "beta", "gamma", "delta")]
    assert label_themes([lines]) == ("",)
    assert label_themes([]) == ()
