"""The core: models, layers, weights, documents with undo, and numbers as text; without Qt."""
