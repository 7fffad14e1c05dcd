"""Step 6: put a converted model in `models/demo-en/` and its checksums in `manifest.toml`.

python publish.py MODEL_FOLDER
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parents[1]


def publish(folder: Path) -> None:
    """Copy the files and rewrite the bundled model's entry."""
    target = MODELS / "demo-en"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    entries, total = [], 0
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        (target / path.name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        total += len(content)
        entries.append(
            f'[[model.files]]\npath = "{path.name}"\nbytes = {len(content)}\nsha256 = "{digest}"\n'
        )
    manifest = MODELS / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    head, rest = text.split('name = "demo-en"', 1)
    own, later = re.split(r"(?=\[\[model\]\])", rest, maxsplit=1)
    own = re.sub(r"\[\[model\.files\]\].*", "", own, flags=re.DOTALL).rstrip() + "\n\n"
    own = re.sub(r"bytes = [\d_]+", f"bytes = {total}", own, count=1)
    text = f'{head}name = "demo-en"{own}' + "\n".join(entries) + "\n" + later
    manifest.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
