#: abort => RUNTIME_ERROR
import os
def f(x): os.abort()

#: exit_at_load => RUNTIME_ERROR
import sys
sys.exit(0)
def f(x): return 4

#: exit_zero => RUNTIME_ERROR
import os
def f(x): os._exit(0)

#: exit_zero_after_first_call => RUNTIME_ERROR
import os
def f(x):
    if x == 3: os._exit(0)
    return 4

#: kill_self => RUNTIME_ERROR | TIMEOUT | WRONG_ANSWER from FILTER_ONLY
import os
def f(x): os.kill(os.getpid(), 9)

#: stop_self => RUNTIME_ERROR | TIMEOUT | WRONG_ANSWER from FILTER_ONLY
import os, signal
def f(x): os.kill(os.getpid(), signal.SIGSTOP)

#: system_exit_in_call => RUNTIME_ERROR
def f(x): raise SystemExit(0)

#: null_pointer => RUNTIME_ERROR
import ctypes
def f(x): ctypes.string_at(0)

#: bad_bytecode => RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
def f(x): return x
f.__code__ = f.__code__.replace(co_code=bytes([255, 255] * 8), co_stacksize=0)

#: stack_overflow => RUNTIME_ERROR
import ctypes
def f(x):
    ctypes.memset(ctypes.addressof(ctypes.c_int(0)) - (1 << 20), 255, 1 << 28)

#: no_function => RUNTIME_ERROR
def g(x): return x * x

#: not_callable => RUNTIME_ERROR
f = 4

#: syntax => COMPILE_ERROR
def f(x:
    return

#: nested_source => COMPILE_ERROR | RUNTIME_ERROR
# code: [["x = ", 1], ["(", 3000], ["x", 1], [")", 3000]]

#: exit_one => RUNTIME_ERROR
import os
def f(x): os._exit(1)

#: exit_large => RUNTIME_ERROR
import os
def f(x): os._exit(256)

#: exit_signal_like => RUNTIME_ERROR
import os
def f(x): os._exit(137)

#: exit_call_of_the_kernel => RUNTIME_ERROR
import ctypes, os
def f(x): ctypes.CDLL(None).syscall(231 if os.uname().machine == "x86_64" else 94, 0)

#: exit_of_the_thread_only => RUNTIME_ERROR | TIMEOUT
import ctypes, os
def f(x): ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)

#: exit_in_the_last_call => RUNTIME_ERROR
import os
def f(x):
    if x == 2: return 4
    os._exit(0)

#: system_exit_with_text => RUNTIME_ERROR
import sys
def f(x): sys.exit("4")

#: quick_exit_of_libc => RUNTIME_ERROR
import ctypes
def f(x): ctypes.CDLL(None).exit(0)

#: finalize_the_interpreter => RUNTIME_ERROR
import ctypes
def f(x): ctypes.pythonapi.Py_Exit(0)

#: every_signal => RUNTIME_ERROR | WRONG_ANSWER | TIMEOUT | FORBIDDEN
# calls: [1]
# expected: 1
import os, signal
def f(x):
    for n in (1, 2, 3, 6, 10, 12, 13, 14, 15, 24, 25, 30):
        try: os.kill(os.getpid(), n)
        except BaseException: pass
    return 0

#: segmentation_by_signal => RUNTIME_ERROR | WRONG_ANSWER
import signal
def f(x): signal.raise_signal(signal.SIGSEGV)

#: bad_system_call_by_signal => FORBIDDEN | RUNTIME_ERROR | WRONG_ANSWER
import signal
def f(x): signal.raise_signal(signal.SIGSYS)

#: fault_handler => RUNTIME_ERROR | WRONG_ANSWER
import faulthandler
faulthandler.enable()
def f(x): faulthandler._sigsegv()

#: fatal_error => RUNTIME_ERROR
import ctypes
def f(x): ctypes.pythonapi.Py_FatalError(b"4")

#: freed_twice => RUNTIME_ERROR | TIMEOUT | WRONG_ANSWER
import ctypes
def f(x):
    for _ in range(50): ctypes.pythonapi.Py_DecRef(ctypes.py_object(None)); ctypes.memset(id(()) , 0, 64)
    return (None, ())

#: own_seccomp_filter => FORBIDDEN | RUNTIME_ERROR
import ctypes, struct
def f(x):
    rules = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x80000000))
    program = struct.pack("<H6xQ", 1, ctypes.addressof(rules))
    ctypes.CDLL(None).prctl(22, 2, program, 0, 0)

#: empty_text => RUNTIME_ERROR
# code: []

#: spaces_only => RUNTIME_ERROR
# code: [["  \n\t\n", 3]]

#: null_character => COMPILE_ERROR
# code: [["def f(x): return 4\u0000\n", 1]]

#: half_a_surrogate_pair => COMPILE_ERROR
# code: [["def f(x): return '\ud800'\n", 1]]

#: bad_indentation => COMPILE_ERROR
def f(x):
  return 4
 x = 1

#: mixed_tabs => COMPILE_ERROR
# code: [["def f(x):\n\tif x:\n        return 4\n\treturn 9\n", 1]]

#: unclosed_string => COMPILE_ERROR
def f(x): return "4

#: unclosed_triple_quote => COMPILE_ERROR
def f(x): return """4

#: return_outside => COMPILE_ERROR
return 4

#: python_two => COMPILE_ERROR
def f(x): print x

#: await_outside => COMPILE_ERROR
def f(x): await x

#: prose => COMPILE_ERROR
Here is the solution you asked for:

#: fenced => COMPILE_ERROR
```python
def f(x): return x * x
```

#: keyword_as_a_name => COMPILE_ERROR
def f(x): class = 4

#: unknown_future => COMPILE_ERROR
from __future__ import everything
def f(x): return 4

#: giant_literal => COMPILE_ERROR
# code: [["x = ", 1], ["9", 200000], ["\ndef f(x): return 4\n", 1]]

#: hundred_thousand_parentheses => COMPILE_ERROR
# code: [["x = ", 1], ["(", 100000]]

#: hundred_thousand_brackets_closed => COMPILE_ERROR
# code: [["x = ", 1], ["[", 100000], ["]", 100000], ["\ndef f(x): return 4\n", 1]]

#: hundred_thousand_minus_signs => COMPILE_ERROR | RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
# code: [["x = ", 1], ["-", 100000], ["1\ndef f(x): return 4\n", 1]]

#: hundred_thousand_nots => COMPILE_ERROR | RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
# code: [["x = ", 1], ["not ", 100000], ["1\ndef f(x): return 4\n", 1]]

#: hundred_thousand_attributes => COMPILE_ERROR | RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
# code: [["x = y", 1], [".a", 100000], ["\ndef f(x): return 4\n", 1]]

#: hundred_thousand_calls => COMPILE_ERROR | RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
# code: [["x = f", 1], ["()", 100000], ["\ndef f(x): return 4\n", 1]]

#: deep_indentation => COMPILE_ERROR
# code: [["if 1:\n if 1:\n  if 1:\n   if 1:\n    if 1:\n     if 1:\n      if 1:\n       if 1:\n        if 1:\n         if 1:\n          if 1:\n           if 1:\n            if 1:\n             if 1:\n              if 1:\n               if 1:\n                if 1:\n                 if 1:\n                  if 1:\n                   if 1:\n                    if 1:\n                     pass\n", 1], ["while 1:", 1], ["\n", 1]]

#: many_nested_functions => COMPILE_ERROR | RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
# code: [["lambda: ", 5000], ["1\ndef f(x): return 4\n", 1]]

#: constant_folding_bomb => TIMEOUT | MEMORY_LIMIT | OUTPUT_LIMIT | WRONG_ANSWER | RUNTIME_ERROR
x = (1 << 4000) ** 1 and "a" * 4000 * 4000
def f(x): return 0

#: invisible_characters => COMPILE_ERROR
# code: [["def f(x):\u200b return 4\n", 1]]

#: two_byte_order_marks => COMPILE_ERROR
# code: [["\ufeff\ufeffdef f(x): return 4\n", 1]]

#: entry_in_a_comment => RUNTIME_ERROR
# def f(x): return x * x

#: raises_at_load => RUNTIME_ERROR
1 / 0
def f(x): return 4

#: syntax_error_at_run_time => RUNTIME_ERROR
def f(x): return eval("4 4")

