"""The HTML page of a campaign: one file that opens from a mail.

Way in: ranking, comparison and manifest. Way out: the bytes of ``report.html``; templates lie in
``screen/data``.
"""
