"""Files of strangers, read within limits.

Way in: bytes or a path that anybody may have written. Way out: text, strict JSON, a table with
its headings, or an Arrow table of known columns; or an error, at last an
:class:`~maiscreen.candidates.errors.InputError`, of one line with the remedy. Sizes of
files stand in ``limits``, limits of one format (rows of a workbook, depth of a schema) beside its
reader; Parquet is checked page by page before Arrow may read it. ``settings`` makes models
of the settings that users write. docs/hostile_input.md.
"""
