"""Check a finished demo: its criteria are the planted ones, all of them, and nothing else.

Usage: python tests/check_demo.py DEMO_FOLDER
"""

import json
import sys
from pathlib import Path

PLANTED = Path(__file__).resolve().parent.parent / "sample_audio" / "planted.json"


def main(folder: Path) -> int:
    """Compare `exports/deals.json` with what was planted; 0 where they agree."""
    planted = json.loads(PLANTED.read_text(encoding="utf-8"))
    profile = json.loads((folder / "exports" / "deals.json").read_text(encoding="utf-8"))["profile"]
    wanted = {row["trait"] for row in planted["planted"]}
    excluded = {row["trait"] for row in planted["exclude"]}
    found = {c["trait"] for c in profile["criteria"] if c["kind"] in ("must_have", "nice_to_have")}
    stopped = {c["trait"] for c in profile["criteria"] if c["kind"] in ("exclude", "warning")}
    points = sum(c["points"] for c in profile["criteria"])
    ok = found == wanted and stopped == excluded and points == 100
    print(f"criteria found {sorted(found)}, excludes {sorted(stopped)}, {points} points")
    if not ok:
        print(f"planted: {sorted(wanted)}, excludes {sorted(excluded)}, 100 points")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
