"""The file formats: recognised by content, read without reading weights, saved byte for byte."""
