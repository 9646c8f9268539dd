"""What is remembered between two starts."""

import pytest

from weightview.gui.settings import RECENT_LIMIT, Settings


def test_the_settings_lie_in_the_tests_own_folder(own_settings):
    Settings().zoom = 120
    Settings()._store.sync()
    assert [path.name for path in own_settings.rglob("*.ini")] == ["weightview.ini"]


def test_what_is_set_is_there_after_the_next_start():
    settings = Settings()
    settings.theme, settings.zoom, settings.last_folder = "dark", 120, "/models"
    again = Settings()
    assert (again.theme, again.zoom, again.last_folder) == ("dark", 120, "/models")


@pytest.mark.parametrize(("stored", "read"), [("5", 50), ("900", 300), ("large", 100), ("-3", 100)])
def test_a_zoom_that_makes_no_sense_is_not_used(stored, read):
    settings = Settings()
    settings._store.setValue("zoom", stored)
    assert settings.zoom == read


def test_a_theme_that_does_not_exist_is_the_systems():
    settings = Settings()
    settings._store.setValue("theme", "purple")
    assert settings.theme == "system"


def test_recent_files_are_few_and_the_newest_first(tmp_path):
    settings = Settings()
    paths = [tmp_path / f"{place}.keras" for place in range(RECENT_LIMIT + 2)]
    for path in paths:
        path.touch()
        settings.add_recent_file(path)
    settings.add_recent_file(paths[5])
    recent = settings.recent_files
    assert len(recent) == RECENT_LIMIT
    assert recent[:2] == (paths[5], paths[-1])


def test_a_missing_file_is_no_recent_file(tmp_path):
    settings = Settings()
    kept, gone = tmp_path / "kept.keras", tmp_path / "gone.keras"
    for path in (kept, gone):
        path.touch()
        settings.add_recent_file(path)
    gone.unlink()
    assert settings.recent_files == (kept,)
    assert Settings().recent_files == (kept,), "one file alone survives the INI file"


def test_recent_files_can_be_forgotten(tmp_path):
    settings = Settings()
    (tmp_path / "a.keras").touch()
    settings.add_recent_file(tmp_path / "a.keras")
    settings.clear_recent_files()
    assert Settings().recent_files == ()
