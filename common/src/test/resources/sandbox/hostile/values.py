#: coroutine => RUNTIME_ERROR
async def f(x): return x * x

#: cycle => RUNTIME_ERROR
def f(x):
    a = []
    a.append(a)
    return a

#: generator => RUNTIME_ERROR
def f(x): yield x * x

#: nan => WRONG_ANSWER
# expected: {"$float":"nan"} | {"$float":"nan"}
def f(x): return float("nan")

#: nested_too_deep => RUNTIME_ERROR
def f(x):
    a = []
    for _ in range(100000): a = [a]
    return a

#: not_a_value => RUNTIME_ERROR
# calls: ["range(3)"] | ["iter([1])"] | ["map(str, [1])"] | ["collections.deque([1])"] | ["P(1)"] | ["Color.RED"] | ["1j"] | ["datetime.date(2024, 1, 1)"] | ["len"] | ["f"] | ["int"] | ["object()"] | ["slice(1)"] | ["open"] | ["collections"] | ["types.SimpleNamespace(a=1)"] | ["[object()]"] | ["{'a': {1: range(1)}}"] | ["{1j}"] | ["ValueError(1)"] | ["lambda: 1"] | ["zip([1])"] | ["enumerate([1])"] | ["(i for i in [1])"] | ["re.match('a', 'a')"] | ["array.array('i', [1])"] | ["__builtins__"]
# expected: 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1
import array, collections, dataclasses, datetime, decimal, enum, fractions, re, types
@dataclasses.dataclass
class P:
    x: int
class Color(enum.Enum): RED = 1
def f(text): return eval(text)

#: async_generator => RUNTIME_ERROR
async def f(x): yield x

#: cycle_through_a_dict => RUNTIME_ERROR
def f(x):
    a = {}
    a["a"] = (a,)
    return a

#: cycle_through_a_tuple => RUNTIME_ERROR
def f(x):
    a = ([],)
    a[0].append(a)
    return a

#: deep_tuples => RUNTIME_ERROR
def f(x):
    a = ()
    for _ in range(10**5): a = (a,)
    return a

#: deep_frozensets => RUNTIME_ERROR
def f(x):
    a = frozenset()
    for _ in range(500): a = frozenset([a])
    return a

#: two_nans_in_a_set => WRONG_ANSWER | RUNTIME_ERROR
def f(x): return {float("nan"), float("nan")}

#: lone_surrogate => WRONG_ANSWER
# expected: "\ud801" | "\ud801"
def f(x): return "\ud800"

#: negative_zero_key => WRONG_ANSWER
# expected: {"$dict":[[1,1]]} | {"$dict":[[1,1]]}
def f(x): return {-0.0: 1}

#: huge_exponent => WRONG_ANSWER
def f(x): return [5e-324, 1.7976931348623157e308]

#: mangled_integer => RUNTIME_ERROR | WRONG_ANSWER | OUTPUT_LIMIT | MEMORY_LIMIT | TIMEOUT
import ctypes
def f(x):
    n = 10**30
    ctypes.c_ssize_t.from_address(id(n) + 16).value = 10**6
    return n

#: mangled_string => RUNTIME_ERROR | WRONG_ANSWER | OUTPUT_LIMIT | MEMORY_LIMIT | TIMEOUT
import ctypes
def f(x):
    s = "abc" * x
    ctypes.c_ssize_t.from_address(id(s) + 16).value = 10**9
    return s

#: integer_that_calls_itself_a_list => RUNTIME_ERROR | WRONG_ANSWER
import ctypes
def f(x):
    a = [1]
    ctypes.c_ssize_t.from_address(id(a) + 8).value = id(int)
    return a

