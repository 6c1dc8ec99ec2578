#: tabs => PASSED
# calls: []
# expected: "tab"
def f():
	if True:
		return "tab"

#: byte_order_mark => PASSED
# calls: []
# expected: 3
# code: [["\ufeffdef f(): return 3\n", 1]]

#: carriage_returns => PASSED
# calls: []
# expected: 1
# code: [["def f():\r\n    x = 1\r\n\r\n    return x\r\n", 1]]

#: old_line_ends => PASSED
# calls: []
# expected: 2
# code: [["def f():\r    return 2\r", 1]]

#: form_feed => PASSED
# calls: []
# expected: 1
# code: [["x = 1\n\f\ndef f():\n\f    return x\n", 1]]

#: encoding_cookie_of_another_code => PASSED
# calls: []
# expected: "\u00e9\u4e2d"
# code: [["# -*- coding: latin-1 -*-\ndef f(): return 'é中'\n", 1]]

#: no_newline_at_the_end => PASSED
# calls: []
# expected: 4
# code: [["def f(): return 4", 1]]

#: blank_program_around => PASSED
# calls: []
# expected: 5
# code: [["\n", 2000], ["def f(): return 5", 1], ["\n", 2000]]

#: continuation_lines => PASSED
# calls: []
# expected: 3
def f(): \
    return 1 + \
        2

#: semicolons => PASSED
# calls: []
# expected: 3
x = 1; y = 2
def f(): a = x; b = y; return a + b

#: identifiers_in_other_alphabets => PASSED
# calls: []
# expected: 2
def größe(名前): return 名前 + 1
def f(): return größe(1)

#: long_literals => PASSED
# calls: []
# expected: 70000
# code: [["x = [", 1], ["1, ", 20000], ["]\ns = '", 1], ["a", 50000], ["'\ndef f(): return len(x) + len(s)\n", 1]]

#: long_expression => PASSED
# calls: []
# expected: 500
# code: [["x = 0", 1], [" + 1", 500], ["\ndef f(): return x\n", 1]]

#: many_functions => PASSED
# calls: []
# expected: 1
# code: [["def g(): return 1\n", 3000], ["def f(): return g()\n", 1]]

#: escapes_in_literals => PASSED
# calls: []
# expected: ["A\u00e9\ud83d\ude00A","\\d",{"$bytes":"00"},"a\nb","ab","1{}","c"]
def f(): return ["\x41\u00e9\U0001f600\101", r"\d", b"\x00", '''a
b''', "a" "b", f"{1}{{}}", "\
c"]

#: invalid_escape_that_only_warns => PASSED
# calls: []
# expected: "\\d"
def f(): return "\d"

#: docstring_and_comments => PASSED
# calls: []
# expected: "f.Module."
"""Module."""
# comment
def f():
    """f."""
    return f.__doc__ + __doc__

#: numbers_of_every_kind => PASSED
# calls: []
# expected: [1000,255,15,3,1000.0,0.5,5.0,100000000000000000000,0,10.01]
def f(): return [1_000, 0xff, 0o17, 0b11, 1e3, .5, 5., 10**20, -0, 1_0.0_1]

#: future_imports => PASSED
# calls: []
# expected: [1.5]
"""Doc."""
from __future__ import annotations, division, generator_stop
def f(x: int | Nothing = 3) -> list[Nothing]: return [x / 2]

#: conditional_definition => PASSED
# calls: []
# expected: 1
if True:
    def f(): return 1
else:
    def f(): return 2

#: redefined_later => PASSED
# calls: []
# expected: 2
def f(): return 1
def f(): return 2

#: entry_is_a_class_instance => PASSED
# calls: []
# expected: 8
class F:
    def __call__(self): return 8
f = F()

#: entry_is_a_builtin => PASSED
# calls: [[1,2]]
# expected: 2
f = len

#: entry_is_a_lambda => PASSED
# calls: [3]
# expected: 4
f = lambda x: x + 1

#: entry_is_a_bound_method => PASSED
# calls: [3]
# expected: -3
class S:
    def solve(self, x): return -x
f = S().solve

#: entry_is_partial => PASSED
# calls: [3]
# expected: 5
import functools
f = functools.partial(max, 5)

#: entry_is_imported => PASSED
# calls: [9]
# expected: 3
from math import isqrt as f

#: null_character_in_a_literal => PASSED
# calls: []
# expected: "a\u0000b\u007f\u001b"
def f(): return "a\0b\x7f\x1b"
