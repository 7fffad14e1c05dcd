"""Folders as the hub's own library leaves them, filled with a model that is here."""

import hashlib
import json
import shutil
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def make_hub_cache(
    cache: Path, model: Path, repository: str, *, links: bool = True, tree: bool = False
) -> Path:
    """Lay a model out as `models--OWNER--NAME`; return its snapshot.

    Args:
        cache: the cache's folder.
        model: the folder to take the files from.
        repository: `owner/name`.
        links: False makes files of the links, as a copy to a stick does.
        tree: keep the list of files with their sums, as huggingface_hub 2 does; it names a
            README.md that was not fetched.
    """
    home = cache / f"models--{repository.replace('/', '--')}"
    snapshot = home / "snapshots" / COMMIT
    listed: dict[str, dict[str, object]] = {"README.md": {"size": 9, "blob_id": "0" * 40}}
    for folder in (home / "blobs", home / "refs", home / "trees", snapshot):
        folder.mkdir(parents=True, exist_ok=True)
    (home / "refs" / "main").write_text(COMMIT, encoding="utf-8")
    for path in sorted(model.iterdir()):
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        large = path.name == "model.bin"
        blob = home / "blobs" / (sha256 if large else git_sha1(content))
        entry: dict[str, object] = {"size": len(content), "blob_id": git_sha1(content)}
        listed[path.name] = entry | ({"lfs_sha256": sha256} if large else {})
        if links:
            shutil.copyfile(path, blob)
            (snapshot / path.name).symlink_to(Path("../../blobs") / blob.name)
        else:
            shutil.copyfile(path, snapshot / path.name)
    if tree:
        document = {"format_version": 1, "files": listed}
        (home / "trees" / f"{COMMIT}.json").write_text(json.dumps(document), encoding="utf-8")
    return snapshot
