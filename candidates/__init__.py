"""What could exist and what is known of it: precursors, snapshot, experiment."""
