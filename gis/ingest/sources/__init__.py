"""Any file that an office delivers → tables as they were found, with what was assumed."""

from gis.ingest.sources.reading import read_source
from gis.ingest.sources.table import Limits, SourceTable

__all__ = ["Limits", "SourceTable", "read_source"]
