"""The shortlist as a value, and its files: CSV, JSON, XLSX, Parquet, cards. docs/shortlist.md."""
