"""Turn recordings into speaker turns with sides, on this machine."""
