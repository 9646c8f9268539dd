"""Writing a model in another format than its own, where that loses nothing."""
