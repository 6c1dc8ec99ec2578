# outcome: PASSED
# weakest: PROCESS
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class A:
    x: Missing
def f(x: Missing) -> Missing: return A(x).x * x
