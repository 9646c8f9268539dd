"""What a weight does: gradients of one output, the weight that would change it, idle units."""
