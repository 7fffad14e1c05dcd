"""Recordings become speaker turns with faster-whisper."""
