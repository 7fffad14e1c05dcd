"""Deals that are copies of another: the same facts under two ids count twice."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from icp_voice.evidence.frame import Frame
from icp_voice.evidence.traits import UNKNOWN
from icp_voice.records import Deal


def duplicate_warning(frame: Frame) -> str | None:
    """Name closed deals that equal another in every field and trait but the id.

    Small tables hold deals that agree by chance, so a pair counts only when what they share is
    rare: the probability that any two of the deals agree so far, taking fields and traits as
    independent, must be under 1 %.
    """
    fields = [_facts(deal) for deal in frame.deals]
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, (facts, row) in enumerate(zip(fields, frame.values, strict=True)):
        groups.setdefault((*facts, row.tobytes()), []).append(i)
    repeated = [rows for rows in groups.values() if len(rows) > 1]
    if not repeated:
        return None
    bits = _surprise(fields, frame.values, [rows[0] for rows in repeated])
    needed = 2 * np.log2(len(frame.deals)) + 7
    copies = [rows for rows, found in zip(repeated, bits, strict=True) if found > needed]
    n_copies = sum(len(rows) - 1 for rows in copies)
    if not n_copies:
        return None
    shown = "; ".join(" = ".join(frame.deals[i].deal_id for i in rows[:3]) for rows in copies[:3])
    return (
        f"{n_copies} closed deals are exact copies of another under a different id ({shown}"
        f"{'; ...' if len(copies) > 3 else ''}); they count twice. Remove them from the deals file."
    )


def _facts(deal: Deal) -> tuple[object, ...]:
    """Return everything known of a deal but its id."""
    return (
        deal.outcome,
        deal.name,
        deal.account_id,
        deal.owner,
        deal.amount,
        deal.currency,
        deal.created_on,
        deal.closed_on,
        deal.first_call_on,
        tuple(sorted(deal.attributes.items(), key=str)),
    )


def _surprise(
    fields: list[tuple[object, ...]], values: NDArray[np.int8], rows: list[int]
) -> list[float]:
    """Return -log2 of the chance to agree in everything with deal i, for each of `rows`."""
    n = len(fields)
    counts = [Counter(column) for column in zip(*fields, strict=True)]
    shares = {value: (values == value).mean(axis=0) for value in (UNKNOWN, 0, 1)}
    out = []
    for i in rows:
        bits = -sum(
            np.log2(count[fact] / n)
            for count, fact in zip(counts, fields[i], strict=True)
            if fact is not None
        )
        for value, share in shares.items():
            here = values[i] == value
            bits -= float(np.log2(share[here]).sum())
        out.append(float(bits))
    return out
