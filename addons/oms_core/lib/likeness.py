"""How much two short texts look alike, for proposing products to a person. Pure."""

import re
import unicodedata

STEM_LETTERS = 4


def plain_words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case without accents: "Mérinos M, gris" gives merinos, m, gris."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def stems(text: str) -> list[str]:
    """Return the beginnings of the longer words, longest first: enough to find the same word in a near language."""
    words = sorted((word for word in plain_words(text) if len(word) > 2), key=len, reverse=True)
    return list(dict.fromkeys(word[:STEM_LETTERS] for word in words))


def trigrams(text: str) -> set[str]:
    """Return the runs of three letters of each word, with its beginning and end marked by spaces."""
    marked = (f"  {word} " for word in plain_words(text))
    return {word[start : start + 3] for word in marked for start in range(len(word) - 2)}


def likeness(wanted: str, offered: str) -> float:
    """Return from 0 to 1 how much of ``offered`` is found in ``wanted``."""
    parts = trigrams(offered)
    return len(parts & trigrams(wanted)) / len(parts) if parts else 0.0
