"""Text from a file in places where Qt would take it for HTML."""

from html import escape


def tip(text: str) -> str:
    """Return ``text`` as a tooltip shows it literally.

    A tooltip that looks like HTML is rendered as such: a layer's name could fetch a picture.
    """
    if "<" not in text:
        return text
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>"
