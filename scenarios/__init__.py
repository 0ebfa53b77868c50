"""The eight scenarios of the district plan, the cockpit that shows them and their commands."""
