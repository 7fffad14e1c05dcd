"""One reader a transcript format; `formats.py` lists them and tells which one a file needs."""
