"""The yearly batch assignment of scenario 2: run it, read it, decide what it leaves open."""
