"""How fast calls are read: CPU seconds an hour of call (about 9,000 words), patterns only.

python tests/benchmarks/extraction_speed.py [FOLDER_OF_TRANSCRIPTS]
"""

import sys
import time
from pathlib import Path

from icp_voice.config import ExtractConfig, IngestConfig
from icp_voice.extract.extractor import load_extractor
from icp_voice.ingest.transcripts import read_transcript

WORDS_AN_HOUR = 9_000
DEFAULT = Path(__file__).parents[2] / "sample_audio" / "workspace" / "transcripts"


def main() -> None:
    """Read every transcript of a folder twice; the second time is what counts."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    calls = [
        read_transcript(path, call_id=path.stem, config=IngestConfig())
        for path in sorted(folder.rglob("*.vtt"))
    ]
    n_words = sum(len(turn.text.split()) for call in calls for turn in call.turns)
    started = time.process_time()
    extractor = load_extractor(ExtractConfig(classifier=False), languages=["en"])
    load_s = time.process_time() - started
    for label in ("first", "again"):
        started = time.process_time()
        n_signals = sum(len(extractor.extract(call).signals) for call in calls)
        spent_s = time.process_time() - started
        print(
            f"{label}: {len(calls)} calls, {n_words} words, {n_signals} signals in {spent_s:.2f} s "
            f"= {spent_s / n_words * WORDS_AN_HOUR:.2f} s an hour of call"
        )
    print(f"loading the taxonomy: {load_s:.2f} s")


if __name__ == "__main__":
    main()
