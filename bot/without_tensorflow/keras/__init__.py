"""A stand-in for Keras, made of the one for TensorFlow beside it."""

import sys

from tensorflow import SubmoduleFinder, absent

__path__: list[str] = []


def __getattr__(name: str) -> object:
    return absent(name)


sys.meta_path.insert(0, SubmoduleFinder(__name__))
