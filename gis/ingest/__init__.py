"""Any file → checked table, with a report of every refused row."""
