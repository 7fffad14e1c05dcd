"""icp-voice: from recorded sales calls to an ideal customer profile, on your own machine."""

__version__ = "0.1.0"
