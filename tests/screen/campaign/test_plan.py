from hypothesis import given
from hypothesis import strategies as st

from maiscreen.screen.campaign.plan import Task, choose_parts, remaining_tasks

intervals = st.sets(st.tuples(st.integers(-2, 60), st.integers(-2, 60)), max_size=12)


@given(st.integers(0, 50), st.integers(1, 60), intervals)
def test_plan_and_kept_parts_cover_every_candidate_once(
    total: int, chunk_size: int, done: set[tuple[int, int]]
) -> None:
    tasks = sorted((*remaining_tasks(total, chunk_size, done), *choose_parts(total, done)))
    assert [i for task in tasks for i in range(*task)] == list(range(total))
    assert all(task.size <= chunk_size for task in remaining_tasks(total, chunk_size, done))


@given(st.integers(0, 50), st.integers(1, 60), intervals)
def test_doing_the_plan_keeps_what_was_kept(
    total: int, chunk_size: int, done: set[tuple[int, int]]
) -> None:
    tasks = remaining_tasks(total, chunk_size, done)
    assert set(choose_parts(total, {*done, *tasks})) == {*choose_parts(total, done), *tasks}
    assert remaining_tasks(total, chunk_size, {*done, *tasks}) == ()


def test_nothing_done_means_everything_in_chunks() -> None:
    assert remaining_tasks(5, 2) == (Task(0, 2), Task(2, 4), Task(4, 5))
