"""A campaign as a value, and the choice: gates, desirability, ranking, the paper."""
