"""A stand-in for TensorFlow: enough for `import rasa`, nothing that computes. See ../README.md."""

import importlib.abc
import importlib.machinery
import sys
import types

__version__ = "0.0.0+absent"
__path__: list[str] = []


class TensorFlowIsAbsentError(RuntimeError):
    """Something asked TensorFlow to compute, and there is no TensorFlow in this environment."""


class _AnyName(type):
    """A class of which every attribute is again such a class: `tf.keras.layers.Layer`."""

    def __getattr__(cls, name: str) -> object:
        return absent(name)

    def __or__(cls, other: object) -> object:
        return cls

    def __ror__(cls, other: object) -> object:
        return cls

    def __getitem__(cls, item: object) -> object:
        return cls


class _Absent(metaclass=_AnyName):
    def __init_subclass__(cls, **_: object) -> None:
        super().__init_subclass__()

    def __init__(self, *_: object, **__: object) -> None:
        raise TensorFlowIsAbsentError(f"{type(self).__name__} needs TensorFlow")


def _leave_alone(*arguments: object, **_: object) -> object:
    """`@tf.function`, `@register_keras_serializable(...)`: give back the thing decorated."""
    if len(arguments) == 1 and callable(arguments[0]):
        return arguments[0]
    return lambda decorated: decorated


_DECORATORS = {"function", "register_keras_serializable"}
_known: dict[str, object] = {}


def absent(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    if name in _DECORATORS:
        return _leave_alone
    return _known.setdefault(name, _AnyName(name, (_Absent,), {}))


class _Module(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - a package, so that submodules are looked for

    def __getattr__(self, name: str) -> object:
        return absent(name)


class SubmoduleFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes `import tensorflow.python.ops.gen_math_ops` succeed."""

    def __init__(self, package: str) -> None:
        self._prefix = f"{package}."

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        last = name.rpartition(".")[2]
        if not name.startswith(self._prefix) or last[:1].isupper():
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def __getattr__(name: str) -> object:
    return absent(name)


sys.meta_path.insert(0, SubmoduleFinder(__name__))
