"""The names in a CSV header, a column, a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.name_lists import names_for


@pytest.mark.parametrize(
    ("text", "count", "names"),
    [
        ("a,b,c", 3, ("a", "b", "c")),
        ("a;b;c\n1;2;3\n", 3, ("a", "b", "c")),
        ("\ufeffa\tb\tc\r\n1\t2\t3\r\n", 3, ("a", "b", "c")),
        (",a,b\nx,1,2\ny,3,4\nz,5,6", 2, ("a", "b")),
        (",a,b\nx,1,2\ny,3,4\nz,5,6", 3, ("x", "y", "z")),  # the rows', beside the numbers
        ('"one, two",b', 2, ("one, two", "b")),
        ("a\nb\nc", 3, ("a", "b", "c")),
        ("name\na\nb", 2, ("a", "b")),
        ("a", 1, ("a",)),
        (" a , b ", 2, ("a", "b")),
        ("a;b,c", 1, ("b,c",)),
        ("", 3, ()),
        ("\n \n", 3, ()),
        ("a,b", 3, ("a", "b")),
        ("a\nb", 3, ("a", "b")),
    ],
)
def test_the_names_are_where_there_are_as_many_as_wanted(text, count, names):
    assert names_for(text, count) == names


@given(text=st.text(), count=st.integers(1, 5))
def test_no_text_makes_it_fail_and_names_stand_on_one_line(text, count):
    for name in names_for(text, count):
        assert len(name) <= 60
        assert name.isprintable()
