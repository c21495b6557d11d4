"""Scenarios: how a fake server is told what to do, by a file, a mapping or keywords."""

from ..extra import explained

try:
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
except ModuleNotFoundError as error:
    raise explained(__name__, error) from error

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
