"""Scenarios: how a fake server is told what to do, by a file, a mapping or keywords."""

from .table import (
    ScenarioError,
    ScenarioTable,
    ServerTable,
    Source,
    Tunable,
    dump,
    load,
    override,
    resolve,
    server_table,
    tunables,
)

__all__ = [
    "ScenarioError",
    "ScenarioTable",
    "ServerTable",
    "Source",
    "Tunable",
    "dump",
    "load",
    "override",
    "resolve",
    "server_table",
    "tunables",
]
