"""A link that was copied leads back to where it was copied."""

from hypothesis import given
from hypothesis import strategies as st

from weightview.core.links import Link, parse_link

names = st.text(st.characters(blacklist_characters="[]:/\x00", codec="utf-8"), min_size=1)


@given(
    file=names,
    weight=st.lists(names, min_size=1, max_size=3).map("/".join),
    index=st.one_of(st.none(), st.lists(st.integers(0, 10**6), min_size=1, max_size=4).map(tuple)),
)
def test_a_link_is_read_as_it_was_written(file, weight, index):
    link = Link(f"/nowhere/{file}.keras", weight, index)
    assert parse_link(str(link)) == link


def test_a_path_alone_is_a_link_to_the_file():
    assert parse_link("models/m.keras") == Link("models/m.keras")


def test_a_file_called_like_a_link_is_meant_itself(tmp_path):
    file = tmp_path / "a::b"
    file.write_text("")
    assert parse_link(str(file)) == Link(str(file))


def test_of_two_separators_the_last_one_counts():
    assert parse_link("C::D.h5::dense/kernel[1, 2]") == Link("C::D.h5", "dense/kernel", (1, 2))


odd = st.text(st.sampled_from("a:[]0,1- %\"'é\n"), min_size=1, max_size=12)


@given(
    file=odd.filter(lambda name: not name.startswith((".", "-"))),
    weight=st.lists(odd, min_size=1, max_size=3).map("/".join),
    index=st.one_of(st.none(), st.lists(st.integers(0, 99), min_size=1, max_size=3).map(tuple)),
)
def test_odd_names_come_back_where_the_file_is_there(tmp_path_factory, file, weight, index):
    path = tmp_path_factory.mktemp("odd") / f"{file}.keras"
    path.write_text("")
    link = Link(str(path), weight, index)
    assert parse_link(str(link)) == link


def test_a_text_that_cannot_be_a_file_is_none():
    assert parse_link("a\0::w/kernel[1]") == Link("a\0", "w/kernel", (1,))


def test_more_digits_than_python_reads_are_a_cell_that_is_not_there():
    link = parse_link(f"/nowhere/a.keras::w[{'9' * 5_000}]")
    assert link.index is not None
    assert min(link.index) >= 10**6
