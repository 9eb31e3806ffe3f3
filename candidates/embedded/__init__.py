"""For maintainers: the data that come with the package, made from their source.

Nothing imports it but ``maiscreen snapshot build --source crabnet``. docs/data.md.
"""
