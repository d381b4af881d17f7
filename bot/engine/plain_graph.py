"""Run the model's graph by calling its nodes, each after what it needs.

Rasa 3.6.21 hands the graph to dask's synchronous scheduler twice a message and once an action.
For a dozen nodes in one thread its bookkeeping costs 12 % of the engine's CPU (py-spy, 8
conversations), and a newer dask answers every message with `200 []`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

# a node: what to call, then the names it needs; an input: its name and its value
Task = tuple[Any, ...]


def results(graph: Mapping[str, Task], targets: Sequence[str]) -> dict[str, Any]:
    """Target → its output; raises GraphRunError as Rasa does, and whatever a node raises."""
    done: dict[str, tuple[str, Any]] = {}

    def result_of(name: str) -> tuple[str, Any]:
        if name not in done:
            first, *rest = graph[name]
            done[name] = first(*map(result_of, rest)) if callable(first) else graph[name]
        return done[name]

    return dict(result_of(name) for name in targets)


def apply() -> None:
    def run(
        self: DaskGraphRunner,
        inputs: dict[str, Any] | None = None,
        targets: list[str] | None = None,
    ) -> dict[str, Any]:
        wanted = targets or self._graph_schema.target_names
        graph = self._build_dask_graph(self._graph_schema.minimal_graph_schema(wanted))
        self._add_inputs_to_graph(inputs, graph)
        try:
            return results(graph, wanted)
        except RuntimeError as exc:
            raise GraphRunError("Error running runner.") from exc

    DaskGraphRunner.run = run
