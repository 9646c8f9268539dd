"""The Explore window: many inputs at once, sweeps, and what each weight does.

Its parts are imported when it is first opened.
"""
