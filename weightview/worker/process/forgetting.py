"""Letting a built model go."""

from weightview.worker.process.models import Models


def forget(models: Models, key: int) -> None:
    """Free the model with this number."""
    models.remove(key)
