"""Numbers from a candidate: functions over arrays and tables."""
