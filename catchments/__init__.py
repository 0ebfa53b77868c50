"""The school-place domain: tables in, tables out; no database, no drawing."""
