"""Files for the CRM and for other programs."""
