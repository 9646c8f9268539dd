"""What a model's config says, read as data: its layers and how they are connected."""
