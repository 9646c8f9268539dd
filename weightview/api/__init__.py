"""The public interface: formats, calculator and worker put together.

``import weightview`` hands these names on.
"""
