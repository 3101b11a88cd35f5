from alembic.script import ScriptDirectory

from fulfillment.platform import revisions


def test_the_newest_revision_is_the_one_that_alembic_would_go_to():
    history = ScriptDirectory(str(revisions.DIRECTORY))
    assert revisions.newest() == history.get_current_head()


def test_a_history_without_revisions_has_no_newest(tmp_path):
    assert revisions.newest_in(tmp_path) is None


def test_names_are_read_as_they_are_written(tmp_path):
    first, second = ('revision = "a1"\ndown_revision = None\n', 'revision = "0"\n')
    (tmp_path / "one.py").write_text(first)
    (tmp_path / "two.py").write_text(second + 'down_revision = "a1"\n')
    assert revisions.newest_in(tmp_path) == "0"
