"""Scenario 5, school development (学校发展评价): how schools grow and where they are crowded."""
