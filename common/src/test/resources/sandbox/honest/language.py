#: dataclass_in_use => PASSED
# calls: [3]
# expected: [{"x":3,"y":0,"tags":{"$tuple":[]}},{"$tuple":[3,1,{"$tuple":[]}]},true,1,"Point(x=3, y=0, tags=())"]
from dataclasses import dataclass, field, asdict, astuple, replace
@dataclass(frozen=True, order=True)
class Point:
    x: int
    y: int = 0
    tags: tuple = field(default_factory=tuple, compare=False)
def f(x):
    p = Point(x)
    return [asdict(p), astuple(replace(p, y=1)), Point(1) < Point(2), len({p, Point(x)}), repr(p)]

#: named_tuple_and_enum => PASSED
# calls: [2]
# expected: [{"$tuple":[2,1]},2,{"x":1,"y":2},[1],"RED",2,3,["RED","BLUE"]]
from collections import namedtuple
from enum import Enum, IntEnum, auto
from typing import NamedTuple
P = namedtuple("P", "x y")
class Q(NamedTuple):
    a: int = 1
class Color(Enum):
    RED = auto()
    BLUE = auto()
class Level(IntEnum):
    LOW = 1
def f(x): return [tuple(P(x, 1)), P(x, 1).x, P(1, 2)._asdict(), list(Q()), Color.RED.name, Color(2).value, int(Level.LOW) + x, [c.name for c in Color]]

#: abstract_class => PASSED
# calls: [2]
# expected: 4
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    def __lt__(self, other): return self.area() < other.area()
class Square(Shape):
    def __init__(self, a): self.a = a
    def area(self): return self.a ** 2
def f(x):
    try: Shape()
    except TypeError: return min(Square(x), Square(9)).area()

#: properties_and_descriptors => PASSED
# calls: [5]
# expected: [10,1,"negative"]
class Positive:
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, obj, owner=None): return getattr(obj, self.name)
    def __set__(self, obj, value):
        if value < 0: raise ValueError("negative")
        setattr(obj, self.name, value)
class A:
    size = Positive()
    @property
    def double(self): return 2 * self.size
    @classmethod
    def make(cls, n): a = cls(); a.size = n; return a
    @staticmethod
    def one(): return 1
def f(n):
    try: A.make(-1)
    except ValueError as e: return [A.make(n).double, A.one(), str(e)]

#: multiple_inheritance => PASSED
# calls: []
# expected: ["D","B","C","A","D","B","C","A","object"]
class A:
    def who(self): return ["A"]
class B(A):
    def who(self): return ["B"] + super().who()
class C(A):
    def who(self): return ["C"] + super().who()
class D(B, C):
    def who(self): return ["D"] + super().who()
def f(): return D().who() + [c.__name__ for c in D.__mro__]

#: metaclass_and_registry => PASSED
# calls: []
# expected: [["A","B","C"],{"n":1}]
class Meta(type):
    registry = []
    def __new__(m, name, bases, body, **k):
        cls = super().__new__(m, name, bases, body, **k)
        m.registry.append(name)
        return cls
class A(metaclass=Meta): pass
class B(A):
    def __init_subclass__(cls, **k): cls.k = k
class C(B, n=1): pass
def f(): return [Meta.registry, C.k]

#: operators_of_a_vector => PASSED
# calls: [2]
# expected: [[7,10],true,1,true,3]
class V:
    def __init__(self, *xs): self.xs = xs
    def __add__(self, o): return V(*(a + b for a, b in zip(self.xs, o.xs)))
    def __mul__(self, k): return V(*(a * k for a in self.xs))
    __rmul__ = __mul__
    def __eq__(self, o): return isinstance(o, V) and self.xs == o.xs
    def __hash__(self): return hash(self.xs)
    def __getitem__(self, i): return self.xs[i]
    def __len__(self): return len(self.xs)
    def __iter__(self): return iter(self.xs)
    def __contains__(self, x): return x in self.xs
    def __call__(self): return sum(self)
def f(k): return [list(V(1, 2) + k * V(3, 4)), V(1) == V(1), len({V(1), V(1)}), 2 in V(1, 2), V(1, 2)()]

#: closures_and_decorators => PASSED
# calls: [4]
# expected: [16,1,"square","Squares.",2,6,16]
import functools
def counted(fn):
    @functools.wraps(fn)
    def inner(*a, **k):
        inner.calls += 1
        return fn(*a, **k)
    inner.calls = 0
    return inner
def counter():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    return up
@counted
def square(x): "Squares."; return x * x
def f(x):
    up = counter(); up()
    before = square.calls
    return [square(x), square.calls - before, square.__name__, square.__doc__, up(), functools.reduce(lambda a, b: a * b, [1, 2, 3]), functools.partial(pow, 2)(x)]

#: generators_as_lists => PASSED
# calls: [5]
# expected: [7,[1,2,3,4],[1,2,3],10,["0","1"],[1],[{"$tuple":["a",1]},{"$tuple":["b",2]}],[2,1],[{"$tuple":["a",1]}],[1,3]]
def numbers(n):
    got = yield 0
    for i in range(n): got = yield i if got is None else got
def flat(x):
    if isinstance(x, list):
        for y in x: yield from flat(y)
    else: yield x
def f(n):
    g = numbers(n); next(g)
    return [g.send(7), list(g), list(flat([1, [2, [3]]])), sum(x for x in range(n)), list(map(str, range(2))), list(filter(None, [0, 1])), list(zip("ab", [1, 2])), list(reversed([1, 2])), list({"a": 1}.items()), sorted({3, 1})]

#: context_managers => PASSED
# calls: [1]
# expected: [["in","ZeroDivisionError"],["<",">"],"hi\n"]
import contextlib, io
class Guard:
    def __enter__(self): self.log = ["in"]; return self
    def __exit__(self, kind, e, tb): self.log.append(kind.__name__); return True
@contextlib.contextmanager
def tag(out):
    out.append("<")
    try: yield
    finally: out.append(">")
def f(x):
    with Guard() as g: x / 0
    out = []
    with tag(out), contextlib.suppress(KeyError): {}[1]
    text = io.StringIO()
    with contextlib.redirect_stdout(text): print("hi")
    return [g.log, out, text.getvalue()]

#: exceptions_of_every_kind => PASSED
# calls: [0]
# expected: ["ZeroDivisionError",".","IndexError",".","KeyError",".","ValueError",".","AttributeError",".","NameError",".","StopIteration",".","TypeError",".",7,"code 7"]
class Mine(ValueError):
    def __init__(self, code): super().__init__("code %d" % code); self.code = code
def f(x):
    log = []
    for act in (lambda: 1 / x, lambda: [][0], lambda: {}["a"], lambda: int("z"), lambda: None.a, lambda: undefined, lambda: next(iter([])), lambda: "a" + 1):
        try: act()
        except Exception as e: log.append(type(e).__name__)
        else: log.append("none")
        finally: log.append(".")
    try:
        try: raise Mine(7)
        except Mine as e: raise RuntimeError("outer") from e
    except RuntimeError as e: log += [e.__cause__.code, str(e.__cause__)]
    return log

#: catches_system_exit => PASSED
# calls: [2]
# expected: 5
import sys
def f(x):
    try: sys.exit(3)
    except SystemExit as e: return e.code + x

#: catches_recursion_error => PASSED
# calls: [1]
# expected: 1
def deep(): return deep()
def f(x):
    try: deep()
    except RecursionError: return x

#: global_state_across_calls => PASSED
# calls: [1] | [2] | [3]
# expected: 1 | 3 | 6
total = 0
def f(x):
    global total
    total += x
    return total

#: mutable_default_argument => PASSED
# calls: [1] | [2]
# expected: [1] | [1,2]
def f(x, seen=[]):
    seen.append(x)
    return seen

#: changes_its_argument => PASSED
# calls: [[3,1,2]]
# expected: [1,2,3,9]
def f(xs): xs.sort(); xs.append(9); return xs

#: main_block => PASSED
# calls: [3]
# expected: 4
def f(x): return x + 1
def main():
    import sys
    sys.exit(f(int(input())))
if __name__ == "__main__":
    main()

#: walrus => PASSED
# calls: [[1,2,3,4]]
# expected: [9,16]
def f(xs): return [y for x in xs if (y := x * x) > 4]

#: star_expressions => PASSED
# calls: [[1,2,3,4]]
# expected: [1,[2,3],4,[2,3,2,3],{"x":1,"y":2},{"$tuple":[{"$tuple":[1,2,3]},2,{"z":3}]}]
def f(xs):
    a, *b, c = xs
    g = lambda *p, k=0, **q: (p, k, q)
    return [a, b, c, [*b, *b], {**{"x": 1}, "y": 2}, g(1, *b, k=2, z=3)]

#: positional_only_and_keyword_only => PASSED
# calls: [1]
# expected: [1,2,3]
def g(a, /, b, *, c): return [a, b, c]
def f(x): return g(x, b=2, c=3)

#: comprehensions => PASSED
# calls: [3]
# expected: [[0,1,2],{"$dict":[[0,0],[1,1],[2,4]]},{"$set":[0,1]},[[],[0],[0,1]],["x1","x2","y1","y2"]]
def f(n): return [[i for i in range(n)], {i: i * i for i in range(n)}, {i % 2 for i in range(n)}, [[j for j in range(i)] for i in range(n)], [a + b for a in "xy" for b in "12" if b != a]]

#: async_run => PASSED
# calls: [3]
# expected: [0,1,4]
import asyncio
async def work(x):
    await asyncio.sleep(0)
    return x * x
async def gather(n): return await asyncio.gather(*(work(i) for i in range(n)))
def f(n): return asyncio.run(gather(n))

#: threads_with_join => PASSED
# calls: [4]
# expected: 6000
import threading
lock, total = threading.Lock(), [0]
def add(n):
    for _ in range(1000):
        with lock: total[0] += n
def f(n):
    total[0] = 0
    ts = [threading.Thread(target=add, args=(i,)) for i in range(n)]
    for t in ts: t.start()
    for t in ts: t.join()
    return total[0]

#: thread_pool => PASSED
# calls: [10]
# expected: [0,1,4,9,16,25,36,49,64,81]
from concurrent.futures import ThreadPoolExecutor
def f(n):
    with ThreadPoolExecutor(max_workers=32) as pool: return list(pool.map(lambda x: x * x, range(n)))

#: many_threads_at_once => PASSED
# calls: [48]
# expected: true
import threading
def f(n):
    gate, out = threading.Event(), []
    ts = [threading.Thread(target=lambda i=i: (gate.wait(), out.append(i))) for i in range(n)]
    [t.start() for t in ts]; gate.set(); [t.join() for t in ts]
    return sorted(out) == list(range(n))

#: typing_everything => PASSED
# calls: [2]
# expected: [2,{"name":"2"},2,true]
from typing import *
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, x: T) -> None: self.x: T = x
class HasLen(Protocol):
    def __len__(self) -> int: ...
class Movie(TypedDict, total=False):
    name: str
def f(x: "Optional[Union[int, str]]", y: Callable[..., Any] = str) -> List[Dict[str, Tuple[int, ...]]]:
    m: Movie = {"name": y(x)}
    return [Box[int](x).x, m, cast(int, x), get_type_hints(Box.__init__)["return"] is type(None)]

#: forward_references => PASSED
# calls: [1]
# expected: 4
class Tree:
    def __init__(self, left: "Tree" = None, right: "Undefined" = None): self.left: Tree = left
    def depth(self) -> "int": return 1 + (self.left.depth() if self.left else 0)
def f(x: "Nothing") -> "Nowhere": return Tree(Tree(Tree())).depth() + x

#: eval_and_exec => PASSED
# calls: [3]
# expected: [6,4,[0,1,2]]
def f(x):
    space = {}
    exec("def g(y): return y + 1", space)
    return [eval("x * 2"), space["g"](x), eval(compile("[i for i in range(3)]", "<s>", "eval"))]

#: introspection => PASSED
# calls: [2]
# expected: [["x","y"],"Doc.",{"$tuple":[1]},true,true,true,5,"int","program"]
import inspect
def f(x, y: int = 1):
    "Doc."
    return [list(inspect.signature(f).parameters), f.__doc__, f.__defaults__, callable(f), isinstance(x, int), hasattr(x, "real"), getattr(x, "none", 5), type(x).__name__, f.__module__]

#: unreachable_code_and_lambda_recursion => PASSED
# calls: [5]
# expected: 120
fact = lambda n: 1 if n < 2 else n * fact(n - 1)
def f(n):
    return fact(n)
    raise AssertionError

#: loops_with_else => PASSED
# calls: [7]
# expected: "prime"
def f(n):
    for d in range(2, n):
        if n % d == 0: break
    else: return "prime"
    return "composite"

#: class_with_getattr => PASSED
# calls: [3]
# expected: [{"$tuple":["go",{"$tuple":[3]}]},{"$tuple":["stop",{"$tuple":[]}]},2]
class Lazy:
    def __init__(self): self.calls = 0
    def __getattr__(self, name):
        self.calls += 1
        return lambda *a: (name, a)
def f(x):
    o = Lazy()
    return [o.go(x), o.stop(), o.calls]

#: weak_references_and_gc => PASSED
# calls: []
# expected: true
import gc, weakref
class A: pass
def f():
    a = A(); a.me = a
    r = weakref.ref(a)
    del a; gc.collect()
    return r() is None
