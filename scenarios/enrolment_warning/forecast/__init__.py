"""The forecast of a district: read its evidence, predict, store, publish, score, show."""
