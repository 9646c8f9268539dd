"""Masks that attention takes away are followed through long models in one pass."""

from weightview.calculator.plan import plan_for
from weightview.calculator.taken_masks import mark_taken


class Counting(list):
    """A list that counts how often one of its items is looked up."""

    asked = 0

    def __getitem__(self, index):
        self.asked += 1
        return super().__getitem__(index)


def test_a_long_row_of_layers_that_hand_on_is_followed_in_linear_time(sequential) -> None:
    specs = [("Dropout", {"name": f"drop_{number}"}, {}) for number in range(300)]
    model, _ = sequential((4, 2), *specs)
    calls = Counting(plan_for(model).calls)
    mark_taken(calls)
    assert calls.asked <= 2 * len(calls)
