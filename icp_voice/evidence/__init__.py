"""Which traits of deals go with wins, and how sure that is."""
