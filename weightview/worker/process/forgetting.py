"""Letting a built model go."""

import gc

from weightview.worker.process.models import Models


def forget(models: Models, key: int) -> None:
    """Free the model with this number."""
    models.remove(key)
    # Layers and their graph refer to each other.
    gc.collect()
