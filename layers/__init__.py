"""What can be drawn: one module a map layer, with its palette and legend."""
