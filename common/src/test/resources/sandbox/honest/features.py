#: big_int => PASSED
# calls: [2]
# expected: 20370359763344860862684456884093781610514683936659362506361404493543812997633367061833973760000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
def f(x): return x ** 300 * 10 ** 400

#: call_state => PASSED
# expected: 1 | 2
seen = []
def f(x):
    seen.append(x)
    return len(seen)

#: catches_its_own => PASSED
def f(x):
    try: return [][x]
    except IndexError: return x * x

#: deep_recursion => PASSED
# calls: [0] | [1]
# expected: 81018001 | 81018001
import sys
sys.setrecursionlimit(20000)
def f(x): return x * x if x > 9000 else f(x + 1)

#: float_tolerance => PASSED
# expected: 0.3 | 0.3333333333333
def f(x): return 0.1 + 0.2 if x == 2 else 1 / 3

#: future_annotations => PASSED
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class A:
    x: Missing
def f(x: Missing) -> Missing: return A(x).x * x

#: keyword => PASSED
def f(x, *, y=1): return x * x * y

#: modules => PASSED
# calls: [7]
# expected: [12586269025,"ca978112","1.1",7,[0,1,2,3],true,"{\"a\": 1}","2024-02-29",3904355907,2,"1/3"]
import bisect, collections, copy, dataclasses, datetime, decimal, fractions, functools, hashlib, heapq, itertools, json, math
import operator, random, re, statistics, string, typing, zlib, asyncio, threading, queue, bz2, csv, io, textwrap, enum
@dataclasses.dataclass(order=True)
class P:
    x: int
@functools.lru_cache(None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
async def later(x): return x
def f(x):
    out = queue.Queue()
    threads = [threading.Thread(target=out.put, args=(i,)) for i in range(4)]
    [t.start() for t in threads]; [t.join() for t in threads]
    return [fib(50), hashlib.sha256(b"a").hexdigest()[:8], str(decimal.Decimal("0.1") + 1), asyncio.run(later(x)),
            sorted(out.get() for _ in range(4)), P(1) < P(2), json.dumps({"a": 1}), str(datetime.date(2024, 2, 29)),
            zlib.crc32(b"a"), statistics.median([3, 1, 2]), str(fractions.Fraction(1, 3))]

#: pickles_and_introspects => PASSED
import copy, inspect, pickle
class A:
    def __init__(self, x): self.x = x
def f(x):
    assert inspect.signature(f).parameters
    return copy.deepcopy(pickle.loads(pickle.dumps(A(x)))).x ** 2

#: prints => PASSED
import sys
print("loading")
def f(x):
    print("x" * 100, file=sys.stderr)
    print(x)
    return x * x

#: round_trip => PASSED
# calls: [{"$tuple":[1,{"$set":[1,2]}]}] | ["\ud83d\ude00 \ud800 é"] | [{"$dict":[[{"$tuple":[1]},{"$bytes":"00"}]]}] | [{"$float":"-inf"}] | [1e-300] | [1.0]
# expected: {"$tuple":[1,{"$set":[2,1]}]} | "\ud83d\ude00 \ud800 é" | {"$dict":[[{"$tuple":[1]},{"$bytes":"00"}]]} | {"$float":"-inf"} | 1e-300 | 1
def f(x): return x

#: scratch_file => PASSED
import tempfile
def f(x):
    try:
        with tempfile.TemporaryFile("w+") as file:
            file.write(str(x * x)); file.seek(0)
            return int(file.read())
    except OSError:  # no level but the namespaced ones has a place to write
        return x * x

#: seeded_random => PASSED
import random
random.seed(1)
def f(x): return random.Random(x).randint(0, 0) + x * x

#: square => PASSED
def f(x):
    return x * x

#: types => PASSED
# calls: [0]
# expected: [null, true, 1, 1.0, 2.5, "a", {"$bytes":"00ff"}, {"$tuple":[1]}, {"$set":[2,1]}, {"$frozenset":[3]}, {"a":1}, {"$dict":[[1,{"$tuple":[2]}]]}, {"$dict":[["$x",1]]}, {"$float":"inf"}]
def f(x):
    return [None, True, 1, 1.0, 2.5, "a", b"\x00\xff", (1,), {1, 2}, frozenset({3}), {"a": 1}, {1: (2,)}, {"$x": 1}, float("inf")]

#: uses_input_when_main => PASSED
def f(x): return x * x
if __name__ == "__main__": f(int(input()))
