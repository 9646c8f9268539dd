"""The usual mistakes of a calculation by hand, replayed to explain a number that does not match."""
