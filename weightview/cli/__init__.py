"""The command line: what can be said to the program before any window is there."""
