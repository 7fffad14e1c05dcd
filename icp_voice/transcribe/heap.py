"""Have the C library give the memory of large arrays back as soon as they are freed."""

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

# From <malloc.h> of glibc.
_M_MMAP_THRESHOLD = -3
_THRESHOLD_BYTES = 4 << 20


def return_large_blocks() -> None:
    """Fix the size from which a block of memory is mapped by itself; does nothing but on glibc.

    glibc raises it to 32 MB as such blocks are freed (mallopt(3)): the windows of a recording then
    come to lie between small ones on the heap of each thread and are kept there. An hour of sound
    took 643 MB so and 295 MB with this (tests/benchmarks/memory.py), for some more time in the
    system. From 8 MB on, four hours would pass the 600 MB that they may take.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library, such as musl
        return
    if mallopt(_M_MMAP_THRESHOLD, _THRESHOLD_BYTES) != 1:
        log.info("the threshold of malloc could not be set")
