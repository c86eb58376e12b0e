"""What building programs costs: their package, cargo, the figures, the tables."""
