"""Briefing maps on paper: for leaders, with the same numbers as the screen."""
