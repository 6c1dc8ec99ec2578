#: always_equal => RUNTIME_ERROR
class Always:
    def __eq__(self, other): return True
    def __repr__(self): return "4"
def f(x): return Always()

#: bool_for_int => WRONG_ANSWER
# expected: 1 | 0
def f(x): return x == 2

#: int_subclass_key => WRONG_ANSWER
class I(int): pass
def f(x): return {I(1): 2}

#: lying_errno => RUNTIME_ERROR
class Odd(OSError):
    errno = property(lambda self: 1 / 0)
def f(x): raise Odd()

#: lying_int => WRONG_ANSWER
class Int(int):
    def __eq__(self, other): return True
    def __repr__(self): return "4"
    __class__ = int
def f(x): return Int(0)

#: lying_metaclass => RUNTIME_ERROR
class Meta(type):
    def __instancecheck__(cls, other): return True
    __name__ = property(lambda cls: "int")
class Odd(metaclass=Meta):
    __class__ = int
def f(x): return Odd()

#: patched_builtins => WRONG_ANSWER | RUNTIME_ERROR
import builtins
builtins.isinstance = lambda *a: True
builtins.len = lambda x: 4
builtins.repr = lambda x: "4"
builtins.type = int
def f(x): return 5

#: patched_harness => WRONG_ANSWER | RUNTIME_ERROR
import sys
frame = sys._getframe()
while frame:
    for name in list(frame.f_globals):
        if name in ("encode", "to_json", "describe", "write_all"): frame.f_globals[name] = lambda *a, **k: "0"
    frame = frame.f_back
def f(x): return 1

#: patched_json => WRONG_ANSWER
import json, json.encoder
json.dumps = lambda *a, **k: "4"
json.JSONEncoder.encode = lambda self, o: "0"
json.encoder.encode_basestring_ascii = lambda s: "4"
def f(x): return 0

#: searching_for_the_answer => WRONG_ANSWER from FILTER_ONLY
# expected: 918273646 | 918273646
import gc, sys
found = []
frame = sys._getframe()
while frame:
    found.append(repr(frame.f_locals))
    frame = frame.f_back
found.append(repr([o for o in gc.get_objects() if isinstance(o, (list, dict, tuple))])[:10**6])
def f(x): return 918273645 if "91827364" + "6" in "".join(found) else -1

#: trace_function => RUNTIME_ERROR
import sys
def trace(frame, event, argument):
    raise SystemExit(0)
def f(x):
    frame = sys._getframe().f_back
    frame.f_trace = trace
    sys.settrace(trace)
    return 0

#: hostile_exception => RUNTIME_ERROR
class Odd(Exception):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
    args = property(__str__)
    __traceback__ = property(__str__)
def f(x): raise Odd()

#: hostile_import_hook => WRONG_ANSWER | RUNTIME_ERROR
import sys
class Hook:
    def find_spec(self, *a): raise SystemExit(0)
sys.meta_path[:] = [Hook()]
sys.modules.clear()
def f(x): return 0

#: alarm_in_the_harness => RUNTIME_ERROR | WRONG_ANSWER
import signal
def ring(*_): raise SystemExit(0)
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
def f(x):
    return list(range(5000))

#: atexit_hook => WRONG_ANSWER
import atexit, os
atexit.register(lambda: os.write(3, b'["PASSED",1,4]\n'))
def f(x): return 0

#: always_unequal => RUNTIME_ERROR
class Odd:
    def __ne__(self, other): return False
    def __eq__(self, other): return True
    def __hash__(self): return hash(4)
    def __bool__(self): return True
def f(x): return Odd()

#: str_subclass => WRONG_ANSWER
# expected: "a" | "a"
class S(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
def f(x): return S("b")

#: list_subclass => WRONG_ANSWER
# expected: [1] | [1]
class L(list):
    def __eq__(self, other): return True
    def __iter__(self): return iter([1])
def f(x): return L([2])

#: dict_subclass => WRONG_ANSWER
# expected: {"a":1} | {"a":1}
class D(dict):
    def __eq__(self, other): return True
    def items(self): return [("a", 1)]
def f(x): return D(a=2)

#: float_subclass_inside => WRONG_ANSWER
# expected: [1.5] | [1.5]
class F(float):
    def __repr__(self): return "1.5"
def f(x): return [F(2.5)]

#: int_subclass_inside => WRONG_ANSWER
# expected: [4] | [4]
class I(int): __eq__ = lambda self, other: True
def f(x): return [I(5)]

#: type_equal_to_int => WRONG_ANSWER
# expected: [4,4] | [9,9]
class Meta(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(int)
class I(int, metaclass=Meta):
    def __lt__(self, other): return True
    __gt__ = __lt__
def f(x): return [I(x), I(x)]

#: type_that_raises_when_hashed => RUNTIME_ERROR
class Meta(type):
    def __hash__(cls): raise SystemExit(0)
class A(metaclass=Meta): pass
def f(x): return [A()]

#: true_for_one => WRONG_ANSWER
# expected: 1 | 1
def f(x): return True

#: string_for_number => WRONG_ANSWER
def f(x): return str(x * x)

#: tuple_for_list => WRONG_ANSWER
# expected: [2] | [3]
def f(x): return (x,)

#: frozenset_for_set => WRONG_ANSWER
# expected: {"$set":[2]} | {"$set":[3]}
def f(x): return frozenset([x])

#: tag_that_names_the_answer => WRONG_ANSWER
# expected: {"$tuple":[4]} | {"$tuple":[9]}
def f(x): return {"$tuple": [x * x]}

#: json_text_of_the_answer => WRONG_ANSWER
# expected: [4] | [9]
def f(x): return "[%d]" % (x * x)

#: infinity => WRONG_ANSWER
# expected: 1e308 | 1e308
def f(x): return float("inf")

#: almost => WRONG_ANSWER
# expected: 1.0 | 1.0
def f(x): return 1.0 + 1e-6

#: nothing => WRONG_ANSWER
def f(x): pass

#: not_implemented => RUNTIME_ERROR
def f(x): return NotImplemented

#: ellipsis => RUNTIME_ERROR
def f(x): ...; return ...

#: mock_of_everything => RUNTIME_ERROR
from unittest.mock import MagicMock
def f(x): return MagicMock(return_value=4)

#: answers_after_a_count => WRONG_ANSWER
calls = 0
def f(x):
    global calls
    calls += 1
    return 4 if calls == 1 else 4

#: arguments_of_the_other_calls => WRONG_ANSWER
import sys
def f(x):
    frame = sys._getframe(1)
    calls = frame.f_locals.get("calls") or frame.f_back.f_locals.get("calls")
    return repr(calls)

#: patched_write => RUNTIME_ERROR | WRONG_ANSWER
import os
real = os.write
os.write = lambda fd, data: real(fd, b'["PASSED",0,4]\n')
def f(x): return 0

#: patched_exit => WRONG_ANSWER | TIMEOUT
import os, sys
os._exit = sys.exit = lambda status=0: None
def f(x): return 0

#: patched_defaults_of_the_harness => RUNTIME_ERROR | WRONG_ANSWER
import gc, types
def fake(*a, **k): return "4"
for function in [o for o in gc.get_objects() if isinstance(o, types.FunctionType) and o.__name__ in ("encode", "describe")]:
    function.__code__ = fake.__code__
    function.__defaults__ = None
def f(x): return 0

#: patched_type_name => RUNTIME_ERROR | WRONG_ANSWER
import gc, types
for d in [o for o in gc.get_objects() if isinstance(o, dict) and "MAX_DEPTH" in o]:
    d.update(MAX_DEPTH=10**9, MAX_BITS=10**12, REFUSALS=(), describe=None)
def f(x): return object()

#: patched_import => WRONG_ANSWER | RUNTIME_ERROR
import builtins
builtins.__import__ = lambda *a, **k: 1 / 0
def f(x): return 0

#: patched_exceptions => RUNTIME_ERROR | WRONG_ANSWER
import builtins
builtins.BaseException = builtins.Exception = builtins.MemoryError = int
def f(x): return 1 / 0

#: fake_json_module => WRONG_ANSWER
import sys, types
fake = types.ModuleType("json")
fake.dumps = lambda *a, **k: "4"
sys.modules["json"] = sys.modules["json.encoder"] = sys.modules["os"] = fake
def f(x): return 0

#: fake_codec => WRONG_ANSWER | RUNTIME_ERROR
import codecs
codecs.register(lambda name: (lambda *a: (b"4", 1),) * 4)
def f(x): return 0

#: meta_path_of_its_own => WRONG_ANSWER
import importlib.abc, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None): raise ImportError(name)
sys.meta_path.insert(0, Finder())
def f(x): return 0

#: displayhook_and_excepthook => RUNTIME_ERROR
import sys, threading
sys.excepthook = sys.unraisablehook = threading.excepthook = sys.displayhook = lambda *a: print('["PASSED",0,4]')
def f(x): raise ValueError(4)

#: profile_function => RUNTIME_ERROR | WRONG_ANSWER
import sys
def profile(frame, event, argument):
    if frame.f_code.co_name in ("say", "encode"): frame.f_locals.update(text="4", value=4)
def f(x):
    sys.setprofile(profile)
    return 0

#: trace_that_changes_the_result => RUNTIME_ERROR | WRONG_ANSWER
import ctypes, sys
def trace(frame, event, argument):
    if "value" in frame.f_locals:
        frame.f_locals["value"] = 4
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), 0)
    return trace
def f(x):
    frame = sys._getframe(1)
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)
    return 0

#: audit_hook => RUNTIME_ERROR | WRONG_ANSWER
import sys
def f(x):
    sys.addaudithook(lambda *a: 1 / 0)
    return 0

#: unfinished_at_exit => WRONG_ANSWER
import atexit, weakref
class A:
    def __del__(self): print('["PASSED",0,4]')
a = A(); a.a = a
weakref.finalize(a, print, '["PASSED",0,4]')
atexit.register(print, '["END"]')
def f(x): return 0

#: finalizer_that_exits => RUNTIME_ERROR | WRONG_ANSWER
import os
class A:
    def __del__(self): os._exit(0)
def f(x):
    a = A()
    return 0

#: gc_callback_that_exits => RUNTIME_ERROR | WRONG_ANSWER
import gc, os
def f(x):
    gc.callbacks.append(lambda *a: os._exit(0))
    gc.set_threshold(1)
    return [[] for _ in range(1000)]

#: thread_at_exit => WRONG_ANSWER
import os, threading, time
def late():
    time.sleep(1)
    os.write(1, b"4")
    os._exit(0)
threading.Thread(target=late).start()
def f(x): return 0

#: thread_that_exits_during_a_call => RUNTIME_ERROR
import os, threading, time
def f(x):
    threading.Timer(0.01, os._exit, (0,)).start()
    time.sleep(1)

#: thread_that_changes_the_result => RUNTIME_ERROR | WRONG_ANSWER | OUTPUT_LIMIT | TIMEOUT | MEMORY_LIMIT
import threading
shared = {i: [] for i in range(100)}
def change():
    n = 0
    while True:
        n += 1
        shared[n % 1000] = [n]
        shared.pop((n + 500) % 1000, None)
def f(x):
    threading.Thread(target=change, daemon=True).start()
    return [shared] * 20

#: list_that_grows_while_it_is_encoded => OUTPUT_LIMIT | TIMEOUT | MEMORY_LIMIT | RUNTIME_ERROR | WRONG_ANSWER
import threading
shared = [[0]]
def grow():
    while True: shared.append(shared[:3])
def f(x):
    threading.Thread(target=grow, daemon=True).start()
    return shared

#: hostile_dunder_class => RUNTIME_ERROR
class A:
    @property
    def __class__(self): raise SystemExit(0)
    __dict__ = __class__
    def __getattribute__(self, name): raise SystemExit(0)
    def __reduce__(self): raise SystemExit(0)
    def __sizeof__(self): raise SystemExit(0)
def f(x): return A()

#: exception_with_an_endless_message => RUNTIME_ERROR | MEMORY_LIMIT | TIMEOUT
class Odd(Exception):
    def __str__(self):
        while True: pass
def f(x): raise Odd

#: exception_with_a_huge_message => RUNTIME_ERROR
def f(x): raise ValueError("x" * 10**6 + "\ud800")

#: exception_that_says_passed => RUNTIME_ERROR
class PASSED(Exception): pass
PASSED.__name__ = PASSED.__qualname__ = 'PASSED",0,4]\n["END"]\n'
def f(x): raise PASSED('"]\n["PASSED",0,4]\n')

#: exception_group => RUNTIME_ERROR
class Group(BaseException):
    def __getattribute__(self, name): raise MemoryError
def f(x): raise Group

#: raises_a_class_that_is_none => RUNTIME_ERROR
def f(x): raise None

#: raises_generator_exit => RUNTIME_ERROR
def f(x): raise GeneratorExit

#: raises_keyboard_interrupt => RUNTIME_ERROR
def f(x): raise KeyboardInterrupt

#: stop_iteration => RUNTIME_ERROR
def f(x): return next(iter(()))

#: assertion => RUNTIME_ERROR
def f(x): assert x < 0, "no"

#: memory_error_by_hand => MEMORY_LIMIT
def f(x): raise MemoryError

#: permission_error_by_hand => FORBIDDEN
def f(x): raise PermissionError(13, "no")

#: overwrites_small_integers => WRONG_ANSWER | RUNTIME_ERROR
import ctypes
def f(x):
    ctypes.memmove(id(0) + 24, id(4) + 24, 4)
    return 5

#: frozen_code_object => RUNTIME_ERROR
import types
f = types.FunctionType((lambda: 0).__code__, {})

#: numpy_is_absent => RUNTIME_ERROR
import numpy as np
def f(x): return int(np.square(x))

#: missing_module_in_the_call => RUNTIME_ERROR
def f(x):
    import pandas
    return x * x

#: wrong_number_of_parameters => RUNTIME_ERROR
def f(): return 4

#: entry_of_another_type => RUNTIME_ERROR
class f: pass

#: entry_deleted => RUNTIME_ERROR
def f(x): return x * x
del f

#: module_dictionary_cleared => RUNTIME_ERROR
def f(x): return x * x
globals().clear()

#: module_getattr => RUNTIME_ERROR
def __getattr__(name): return lambda x: x * x

