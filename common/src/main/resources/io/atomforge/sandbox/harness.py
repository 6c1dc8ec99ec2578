"""Runs a test as its own runner would, and counts the checks that held.

A test is a script, or holds unittest classes, functions and classes as pytest finds them, or a check(candidate).
Its text runs as __main__ first. Then runs whatever of these it did not run itself. A check counts where it held
after the test touched the program: an assertion, a condition that would have raised, an exception that a test
waited for, a unittest method. The standard library's unittest is used; of pytest there is a stand-in with raises,
warns, deprecated_call, approx, fixture, fail, skip, xfail, importorskip, param, main, the marks parametrize, skip,
skipif and xfail, and the fixtures capsys, capfd, caplog, monkeypatch, recwarn, tmp_path, tmp_path_factory and tmpdir.
"""

import ast
import builtins
import collections
import datetime
import decimal
import fractions
import importlib.util
import io
import itertools
import math
import operator
import re
import sys
import types
import weakref

PROGRAM_MODULES = ("solution",)  # modules that are the program itself, as in KodCode


class Left(BaseException):
    """The test ended itself, as unittest.main() does. Each run has one, which no program can raise in its place."""


class Skipped(Exception):
    pass


class Unrunnable(Exception):
    """A runner has no way to run the test."""


def statement(source):
    return ast.parse(source).body[0]


def refuses(node):
    """Whether a statement always fails the test."""
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.Assert):
        return isinstance(node.test, ast.Constant) and not node.test.value
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ("fail", "exit", "_exit", "quit")


def has_check(tree):
    """Whether a test has anything in it that could fail for a reason of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) or refuses(node):
            return True
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name.lower().startswith("assert") or name in ("raises", "warns", "deprecated_call", "fail", "testmod"):
            return True
    return False


def may_check(tree):
    """Whether a test has a check that could be one of its program: one is there, and a name that the test does not bind."""
    rest = ast.Module([s for s in tree.body if not is_quiet_exit(s)], [])
    if not has_check(rest):
        return False
    if imported(tree) & {"doctest", "importlib", "__main__", *PROGRAM_MODULES}:
        return True
    if any(isinstance(n, ast.Attribute) and n.attr in ("modules", "__globals__", "__dict__") for n in ast.walk(rest)):
        return True
    free = {n.id for n in ast.walk(rest) if isinstance(n, ast.Name)} - bound_anywhere(tree)
    return any(not hasattr(builtins, name) or name in REACHING for name in free)


EXITS = ("exit", "quit", "sys.exit")
# Builtins that give what others have bound.
REACHING = ("compile", "dir", "eval", "exec", "globals", "locals", "vars", "__import__")


def bound_anywhere(tree):
    """The names that a test binds somewhere."""
    named = [ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler]
    named += [getattr(ast, name) for name in ("MatchAs", "MatchStar") if hasattr(ast, name)]  # since Python 3.10
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | imported_names(tree)
    return bound | {n.name for n in ast.walk(tree) if isinstance(n, tuple(named))}


def is_quiet_exit(node):
    """Whether a statement ends the test as one that held."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) in EXITS and all(
        isinstance(a, ast.Constant) and not a.value for a in call.args)


# The comparisons, and the functions below that make them.
COMPARISONS = {ast.Eq: "equals", ast.NotEq: "differs", ast.In: "within", ast.NotIn: "without", ast.Lt: "less",
               ast.LtE: "at_most", ast.Gt: "greater", ast.GtE: "at_least"}


def called(node, name, *arguments):
    """A call of a function of this module in place of an operator."""
    return ast.copy_location(ast.Call(ast.Name("__%s__" % name, ast.Load()), list(arguments), []), node)


def is_operator(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id[2:-2] in OPERATORS


class Instrument(ast.NodeTransformer):
    """Tells where a check held, and where a function began that a runner would call."""

    def __init__(self, asks):
        self.asks = asks
        self.depth = 0
        self.in_class = False  # directly in the body of a class
        self.descriptions = ()

    def visit_Assert(self, node):
        self.generic_visit(node)
        return node if isinstance(node.test, ast.Constant) else [node, statement("__held__()")]

    def visit_If(self, node):
        checks = any(map(refuses, node.body + node.orelse))
        self.generic_visit(node)
        return [node, statement("__held__()")] if checks else node

    def visit_Try(self, node):
        waits = any(map(refuses, node.body + node.orelse))
        forbids = any(refuses(s) for handler in node.handlers for s in handler.body)
        self.generic_visit(node)
        for handler in node.handlers:
            if waits:
                handler.body.insert(0, statement("__held__()"))
        if forbids:
            node.orelse.append(statement("__held__()"))
        return node

    def visit_Match(self, node):
        checks = any(refuses(s) for case in node.cases for s in case.body)
        self.generic_visit(node)
        return [node, statement("__held__()")] if checks else node

    def visit_Compare(self, node):
        self.generic_visit(node)
        names = [COMPARISONS.get(type(op)) for op in node.ops]
        if None in names or not self.asks:
            return node
        if len(names) == 1 and node in self.descriptions:
            return called(node, "described", ast.Constant(names[0]), node.left, node.comparators[0])
        if len(names) == 1:
            return called(node, names[0], node.left, node.comparators[0])
        if self.in_class or any(
            isinstance(n, (ast.NamedExpr, ast.Await, ast.Yield)) or isinstance(n, ast.Name) and n.id == "super"
            for n in ast.walk(node)
        ):
            return node  # a function would not see the same names
        later = [ast.Lambda(ast.arguments([], [], None, [], [], None, []), c) for c in node.comparators]
        return called(node, "chain", node.left, *(ast.Constant(n) for n in names), *later)

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if not self.asks or not isinstance(node.ctx, ast.Load) or isinstance(node.slice, (ast.Slice, ast.Constant, ast.Tuple)):
            return node
        return called(node, "item", node.value, node.slice)

    def visit_Expr(self, node):
        self.generic_visit(node)
        name = ast.unparse(node.value.func).split(".")[-1] if isinstance(node.value, ast.Call) else ""
        checks = name.startswith("assert") or isinstance(node.value, (ast.BoolOp, ast.IfExp))
        return [node, statement("__held__()")] if checks else node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return called(node, "minus", node.left, node.right) if self.asks and isinstance(node.op, ast.Sub) else node

    def visit_MatchValue(self, node):
        return node  # takes no call

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.unparse(node.func) in EXITS:
            decided = any(isinstance(a, ast.Name) for a in node.args) or any(
                isinstance(n, (ast.IfExp, ast.Not, ast.Compare)) or is_operator(n) for a in node.args for n in ast.walk(a))
            node.func = ast.Name("__decide__" if decided else "__leave__", ast.Load())
        return node

    def visit_Module(self, node):
        self.descriptions = descriptions(node)
        self.generic_visit(node)
        node.body = announced(node.body)
        return node

    def visit_FunctionDef(self, node):
        self.depth += 1
        outside, self.in_class = self.in_class, False
        self.generic_visit(node)
        self.in_class = outside
        self.depth -= 1
        if any(isinstance(s, ast.Global) for s in node.body):
            node.body = announced(node.body)
        if not self.depth and is_test(node.name):
            node.body.insert(beginning(node.body), statement("__entered__(%r)" % node.name))
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.depth += 1
        outside, self.in_class = self.in_class, True
        self.generic_visit(node)
        self.in_class = outside
        self.depth -= 1
        return node


SHOWING = ("repr", "str", "format", "isinstance", "type")  # functions that ask for no truth
# Methods of what a test has without its program, which may keep a truth for later.
METHODS_OF_OTHERS = {name for kind in (list, tuple, dict, set, str, bytes, collections.deque, collections.Counter)
                     for name in dir(kind)}


def descriptions(tree):
    """The comparisons of a test whose results it cannot take for a truth.

    They are shown, asked for attributes, or given to a function or method of the program's, directly, joined by & | ^ ~, or
    by a name that serves for nothing else.
    """
    bound = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    bound |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | imported_names(tree)
    modules = imported_names(tree) - set(PROGRAM_MODULES)
    harmless = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.FormattedValue)):
            harmless.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in SHOWING or node.func.id not in bound and not hasattr(builtins, node.func.id):
                harmless.update(node.args)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, method = node.func.value, node.func.attr
            of_others = isinstance(owner, ast.Name) and owner.id in modules or method in METHODS_OF_OTHERS
            if method == "assertIsInstance":
                harmless.update(node.args[:1])
            elif not of_others and not method.lower().startswith("assert"):
                harmless.update(node.args)
    known = 0
    while known < len(harmless):
        known = len(harmless)
        for node in list(harmless):
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
                harmless |= {node.left, node.right}
            elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
                harmless.add(node.operand)
        loads = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        risky = {n.id for n in loads if n not in harmless}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) and t.id not in risky for t in node.targets):
                harmless.add(node.value)
    return {node for node in harmless if isinstance(node, ast.Compare)}


def imported_names(tree):
    """What a test's imports bind."""
    nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    return {(a.asname or a.name).split(".")[0] for n in nodes for a in n.names}


BINDING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import,
           ast.ImportFrom, ast.For, ast.With)


def announced(body):
    """A body in which the program is told, after each statement that binds a global name, that it may have it."""
    told = [[s, statement("__bound__()")] if isinstance(s, BINDING) and not is_future(s) else [s] for s in body]
    return [n for part in told for n in part]


def is_future(statement):
    """Whether it must stand before all others but the docstring."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def beginning(body):
    """How many statements must stay the first of a body."""
    first = body[:1] if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else []
    count = len(first) if first and type(first[0].value.value) is str else 0
    while count < len(body) and is_future(body[count]):
        count += 1
    return count


def is_test(name):
    return name == "check" or name.startswith("test")


def free_names(tree, entry):
    """The modules of Python's that a test uses, and the other names, not builtin, that it may have from the program."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {entry}
    if "doctest" in imported(tree):
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str]
        names |= {name for text in texts if ">>>" in text for name in re.findall(r"[^\W\d]\w*", text)} - {entry}
    if imported(tree) & {"unittest", "mock", "pytest"}:  # what a test patches by its name
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str]
        names |= {name for text in texts for name in re.findall(r"^__main__\.([^\W\d]\w*)", text)} - {entry}
    used = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    modules = {name for name in names & used.keys() if is_module(name, used[name])}
    modules -= {"program", "__main__", "pytest", *PROGRAM_MODULES}
    return modules, {entry} - {""} | {name for name in names - modules if not hasattr(builtins, name)}


def bound_names(tree):
    """The names that a test binds at its top level, but for those of imports."""
    bound, waiting = set(), list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            bound |= {node.name} | {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return bound


def handed(tree):
    """The names that a test binds at its top level for its program: classes, and what the test itself never reads.

    Other names are the test's own: what a test reads may be what it expects, which no program may see.
    """
    if imported(tree) & set(PROGRAM_MODULES):
        return set()
    loaded = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    classes = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    return bound_names(tree) - (loaded - classes)


def only_read(tree):
    """The names that a test reads and never binds, in no function either."""
    loaded = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return loaded - bound_anywhere(tree)


def patches_modules(tree):
    """Whether a test's text may change what is in modules, as monkeypatch and mock do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            if node.value.id in sys.modules:
                return True
        words = {getattr(node, attribute, None) for attribute in ("id", "attr", "arg", "name")}
        if words & {"patch", "mock", "monkeypatch", "setattr", "delattr"}:
            return True
    return False


def is_module(name, used):
    """Whether there is a module of this name that has what a test uses of it; else it is a name of the program's."""
    if name not in sys.modules and not importlib.util.find_spec(name):
        return False
    try:
        module = __import__(name)
    except Exception:
        return False
    return all(hasattr(module, attribute) for attribute in used)


def only_called(tree, function):
    """Whether a test names a function only to call it with one argument."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and len(n.args) == 1 and not n.keywords]
    called = {id(n.func) for n in calls}
    return all(id(n) in called for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == function)


class Approx:
    """pytest.approx: equal within 1e-6 of the expected value, or 1e-12."""

    def __init__(self, expected, rel=None, abs=None, nan_ok=False):
        self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

    def __eq__(self, actual):
        expected = self.expected
        part = lambda value: Approx(value, self.rel, self.abs, self.nan_ok)
        if isinstance(expected, dict):
            return expected.keys() == actual.keys() and all(part(expected[k]) == actual[k] for k in expected)
        if isinstance(expected, (list, tuple)):
            try:
                items = [*itertools.islice(actual, len(expected) + 1)]  # an object may say one length and have another
                same = len(actual) == len(items) == len(expected)
            except TypeError:
                return False
            return same and all(part(e) == a for e, a in zip(expected, items))
        if expected == actual if type(actual) in PLAIN else equals(expected, actual):
            return True
        if says_itself(actual):
            return False
        try:
            size = abs(expected)
            if math.isnan(size) or math.isinf(size):
                return self.nan_ok and math.isnan(size) and math.isnan(abs(actual))
            relative = 0.0 if self.rel is None and self.abs is not None else 1e-6 if self.rel is None else self.rel
            tolerances = relative, 1e-12 if self.abs is None else self.abs
            if isinstance(expected, decimal.Decimal):
                tolerances = [decimal.Decimal(str(t)) for t in tolerances]
            return abs(expected - actual) <= max(tolerances[0] * size, tolerances[1])
        except TypeError:
            return False

    __hash__ = None

    def __repr__(self):
        return "approx(%r)" % (self.expected,)


class Raises:
    """pytest.raises as a context."""

    def __init__(self, expected, match, held):
        self.expected, self.pattern, self.held, self.value = expected, match, held, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise AssertionError("DID NOT RAISE %r" % (self.expected,))
        if not issubclass(kind, self.expected):
            return False
        if self.pattern is not None:
            assert re.search(self.pattern, str(error)), "%r does not match %r" % (self.pattern, str(error))
        self.type, self.value, self.tb, self.typename = kind, error, trace, kind.__name__
        self.held()
        return True

    def match(self, pattern):
        assert re.search(pattern, str(self.value)), "%r does not match %r" % (pattern, str(self.value))
        return True

    def exconly(self, tryshort=False):
        text = str(self.value)
        return "%s: %s" % (self.typename, text) if text else self.typename


class Warns:
    """pytest.warns as a context."""

    def __init__(self, expected, match, held):
        self.expected, self.match, self.held, self.found = expected, match, held, []

    def __enter__(self):
        import warnings

        self.caught = warnings.catch_warnings(record=True)
        self.found = self.caught.__enter__()
        warnings.simplefilter("always")
        return self.found

    def __exit__(self, kind, error, trace):
        self.caught.__exit__(kind, error, trace)
        if kind is None:
            said = [str(w.message) for w in self.found if issubclass(w.category, self.expected)]
            if not any(self.match is None or re.search(self.match, text) for text in said):
                raise AssertionError("DID NOT WARN %r" % (self.expected,))
            self.held()


class Mark:
    """pytest.mark: what it is called with stays on the function."""

    def __getattr__(self, name):
        def mark(*arguments, **named):
            if len(arguments) == 1 and not named and isinstance(arguments[0], (type, types.FunctionType)):
                return mark()(arguments[0])

            def decorate(function):
                function.__marks__ = decorate.__marks__ + getattr(function, "__marks__", [])
                return function

            decorate.__marks__ = [(name, arguments, named)]
            return decorate

        mark.__marks__ = [(name, (), {})]
        return mark


PARAM = "parameter of "  # before a fixture's name


class Param:
    """pytest.param: a row of a table, with marks of its own."""

    def __init__(self, values, marks):
        self.values, self.marks = values, marks


def marks_of(*marked):
    """The marks on functions and classes, and marks themselves."""
    return [mark for x in marked for mark in getattr(x, "__marks__", [])]


def imported(tree):
    """The modules that a test imports, by the first part of their names."""
    return {name.split(".")[0] for name in imported_modules(tree)}


def imported_modules(tree):
    """The modules that a test imports, and that which runs its coroutines."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.AsyncFunctionDef):
            names.add("asyncio")
    return names


def prepared(tree, asks=True):
    """What `Run` takes of a test: its code with the marks set, and the modules that it imports.

    `asks` says whether the program's objects can be in the test's process, so that they are asked before they are compared.
    """
    roots = imported(tree)
    if not may_check(tree):
        tree.body.insert(beginning(tree.body), statement("__unchecked__()"))
    return compile(ast.fix_missing_locations(Instrument(asks).visit(tree)), "test.py", "exec", dont_inherit=True), roots


def names_in(code):
    """All names that a code object mentions."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= names_in(constant)
    return names


def names_in_classes(code):
    """The names that the bodies of classes mention."""
    names = set(code.co_names) if "__qualname__" in code.co_names else set()
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= names_in_classes(constant)
    return names


PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
SCALARS = frozenset(PLAIN[:7])
NUMBERS = (bool, int, float, complex)
HASHED = frozenset(map(id, (dict, set, frozenset)))
CONTAINERS = frozenset(map(id, PLAIN[7:]))
LEAVES = frozenset(map(id, SCALARS))  # a metaclass may say that a class is another; its id does not
SPECIAL = ["__%s__" % n for n in "eq ne lt le gt ge sub rsub contains".split()]
TURNS = [0]  # of `decoys`, from a number that the program does not know


MATCHERS = [True]  # whether a test names unittest.mock's ANY, which equals everything


MRO, NAMES, FLAGS = (type.__dict__[name].__get__ for name in ("__mro__", "__dict__", "__flags__"))
HEAP = 0x200  # a class that Python text or an extension has made, not one of the interpreter's own
METHODS = frozenset(map(id, (types.WrapperDescriptorType, types.MethodDescriptorType, types.BuiltinFunctionType)))


def says_itself(x, operators=SPECIAL):
    """Whether Python text other than the test's says what an operator gives for `x`.

    Text of the library's counts too: what it compares are attributes, which a program may have set.
    """
    kind = type(x)
    if not FLAGS(kind) & HEAP:
        return kind is weakref.ProxyType or kind is weakref.CallableProxyType
    bases = [NAMES(base) for base in MRO(kind)]
    if any(type(name) is not str for names in bases for name in names):
        return True  # such a name may be one at times, and at times not
    for name in operators:
        method = next((names[name] for names in bases if name in names), None)
        if type(method) is types.FunctionType:
            file = method.__code__.co_filename
            matcher = MATCHERS[0] and kind.__name__ == "_ANY" and file.endswith("/unittest/mock.py")
            if not (type(file) is str and file in ("test.py", "harness.py") or matcher):
                return True
        elif method is not None and (id(type(method)) not in METHODS or method.__name__ != name):
            return True
    return False


def similar(x, i):
    """Another value of the same kind: numbers move by i, letters and digits are replaced by others."""
    kind = type(x)
    if kind is bool or kind not in (*NUMBERS, str, list, tuple):
        return not x if kind is bool else "\0" * i
    if kind is str:
        return "".join(map(chr, (turned(ord(c), i) for c in x)))
    return x + i if kind in NUMBERS else kind([similar(part, i) for part in x])


def turned(code, i):
    """A letter or a digit other than that of a code, of the same sort."""
    for first, size in ((48, 10), (65, 26), (97, 26)):
        if first <= code < first + size:
            return first + (code - first + i % (size - 1) + 1) % size
    return code


def turn(count):
    """The next number below `count` of a row that the program cannot foresee."""
    TURNS[0] = (TURNS[0] * 6364136223846793005 + 1442695040888963407) % 2**64
    return (TURNS[0] >> 33) % count


WINDOW = 13  # numbers side by side, among which a multiple of every small number is


def decoys(value):
    """Values that do not equal `value`, near and far; how many is not to be foreseen."""
    kind, found = type(value), []
    if kind in NUMBERS[1:] or kind in (fractions.Fraction, decimal.Decimal):
        place = turn(WINDOW)
        for far in (0, turn(10**6) + WINDOW, -turn(10**6) - WINDOW):
            found += [value + far + n - place for n in range(WINDOW) if far or n != place]
    for i in range(1, 3 + turn(11)):
        if kind is float:
            found += [value + (abs(value) + 1) * i / n for n in (-6, -3, 3, 6)]  # some classes equal what is near
        elif kind in (list, tuple):
            found += [value + kind([i]), value + value[-1:] * i, value[i:], kind([similar(x, i) for x in value])]
        elif kind is str:
            found += [value + chr(32 + turn(95)) * i, value[i:], similar(value, i)]
        elif kind is bytes:
            found += [value + bytes([turn(256)]) * i, bytes((x + i) % 256 for x in value)]
        elif kind is dict:
            items = list(value.items())
            found += [{7919.25 * i: i, **value}, dict(items[i:]), {key: similar(x, i) for key, x in items}]
        elif kind in (set, frozenset):
            found += [value | {7919.25 * i}, kind(list(value)[i:]), kind([similar(x, i) for x in value])]
        elif kind is bool:
            found.append(not value)
        elif kind is range:
            found.append(range(value.start, value.stop + i * value.step, value.step))
        elif kind in (datetime.date, datetime.datetime):
            found.append(value + datetime.timedelta(days=i if value.year < 9000 else -i))
        elif kind not in NUMBERS:
            found.append((object(), None, 7919.25 * i, "\0" * i, [object()])[i % 5])
    return [d for d in found if d is not value and not (all_plain(d) and all_plain(value) and d == value)] + [object()]


def answers(operator, left, right):
    """What the program's object of two says to other values than that of the test, and what to that one, asked twice.

    The order is not to be foreseen, and the test asks later, since an object may remember what it was asked. An error
    says nothing.
    """
    mine = says_itself(left), says_itself(right)
    if not any(mine):
        return [], []
    before, own = states(left, right), right if mine[0] else left
    first, *rest = [(value, False) for value in decoys(own)]
    rest += [(again(own), True), (again(own), True)]  # else the references to it would tell it from the others
    questions = [first]  # no value of the test's: some objects equal what they are asked first
    while rest:
        questions.append(rest.pop(turn(len(rest))))
    answered = ([], [])
    for value, is_own in questions:
        try:
            given = operator(left, value) if mine[0] else operator(value, right)
        except Exception:
            given = None
        answered[is_own].append(given)
    restore(before)
    return answered


def again(value):
    """An equal value with nothing in common, or the value itself if it is not made of numbers, texts and collections."""
    try:
        return {str: lambda: "".join([*value]), bytes: lambda: bytes([*value]), int: lambda: value + 1 - 1,
                float: lambda: value * 1.0, dict: lambda: {again(k): again(v) for k, v in value.items()},
                **dict.fromkeys((list, tuple, set, frozenset), lambda: type(value)([again(x) for x in value]))
                }.get(type(value), lambda: value)()
    except RecursionError:  # it contains itself
        return value


def states(*objects):
    """What the objects and their classes hold that asking them may change: numbers, texts and collections."""
    found = []
    for x in objects:
        holders = [c for c in type.__dict__["__mro__"].__get__(type(x)) if c.__flags__ & 0x200]
        places = [(c, dict(type.__dict__["__dict__"].__get__(c))) for c in holders]
        try:
            places.append((x, dict(object.__getattribute__(x, "__dict__"))))
        except AttributeError:
            pass
        for holder, names in places:
            for name, value in names.items():
                if type(value) in PLAIN and not name.startswith("__"):
                    copy = value.copy() if type(value) in (list, dict, set) else None
                    found.append((holder, name, value, copy))
    return found


def restore(before):
    for holder, name, value, copy in before:
        try:
            if type(value) is list and value != copy:
                value[:] = copy
            elif copy is not None and value != copy:
                value.clear()
                value.update(copy)
            names = type.__dict__["__dict__"].__get__(holder) if isinstance(holder, type) else (
                object.__getattribute__(holder, "__dict__"))
            if names.get(name) is not value:
                (type if isinstance(holder, type) else object).__setattr__(holder, name, value)
        except Exception:
            pass  # the program's metaclass or the like has its say


def described(name, left, right):
    """A comparison whose result serves as no truth: an object of the program's, as of a language of queries, is one."""
    before = states(left, right) if says_itself(left) or says_itself(right) else []
    result = PLAINLY[name](left, right)
    if type(result) not in PLAIN and str(result) != "True":
        return result
    restore(before)
    return OPERATORS[name](left, right)


def refuse():
    raise AssertionError("the program's object gives one answer whatever it is compared with")


def all_plain(x):
    """Whether nothing but values of builtin types is in `x`."""
    if id(type(x)) in LEAVES:
        return True
    if type(x) is dict:
        return all_plain(list(x)) and all_plain(list(x.values()))
    return id(type(x)) in CONTAINERS and (LEAVES.issuperset(map(id, map(type, x))) or all(map(all_plain, x)))


def are_leaves(left, right):
    """Whether two things are numbers, texts or None, and nothing that a program could have a say in."""
    return id(type(left)) in LEAVES and id(type(right)) in LEAVES


def matched(left, right):
    """Whether each item of one collection equals one of the other."""
    rest = list(right)
    for one in left:
        place = next((i for i, other in enumerate(rest) if equals(one, other)), None)
        if place is None:
            return False
        del rest[place]
    return not rest


def equals(left, right):
    """`left == right`, but an object of the program's that equals other values as well equals none."""
    if are_leaves(left, right):
        return left == right
    if type(right) is Approx and type(left) is not Approx:
        left, right = right, left
    kind = type(left)
    try:
        deep = kind is type(right) and id(kind) in CONTAINERS and not (all_plain(left) and all_plain(right))
    except RecursionError:
        deep = False
    if deep and kind in (list, tuple):
        return len(left) == len(right) and all(a is b or equals(a, b) for a, b in zip(left, right))
    if deep and kind is dict and all_plain(list(left)) and all_plain(list(right)):
        return left.keys() == right.keys() and all(v is right[k] or equals(v, right[k]) for k, v in left.items())
    if deep:
        return matched(*(x.items() if kind is dict else x for x in (left, right)))
    given, same = answers(operator.eq, left, right)
    result = left == right
    if result and (any(given) or not all(same) or not equal_parts(left, right)):
        refuse()
    return result


def equal_parts(left, right):
    """Whether two things, which say that they are equal, also have equal parts."""
    parts = opened(left), opened(right)
    if parts[0] is left and parts[1] is right or all_plain(parts):
        return True
    return equals(*parts)


def opened(x):
    """The parts of a container of the standard library, in builtin types; anything else as it is."""
    kind = type(x)
    if kind in PLAIN and kind is not frozenset:
        return x
    if issubclass(kind, fractions.Fraction) and not type(x._numerator) is type(x._denominator) is int:
        refuse()
    for base, parts in OPENED:
        if issubclass(kind, base):
            return parts(x)
    return x


OPENED = (
    (dict, lambda x: dict(dict.items(x))),
    (list, lambda x: list(list.__iter__(x))),
    (tuple, lambda x: tuple(tuple.__iter__(x))),
    (set, lambda x: set(set.__iter__(x))),
    (frozenset, lambda x: set(frozenset.__iter__(x))),
    (collections.deque, lambda x: list(collections.deque.__iter__(x))),
    ((type({}.keys()), type({}.items())), set),
    ((collections.UserDict, collections.UserList, collections.UserString), lambda x: opened(vars(x)["data"])),
    (collections.ChainMap, lambda x: [opened(m) for m in vars(x)["maps"]]),
    (types.SimpleNamespace, lambda x: dict(vars(x))),
    (types.MappingProxyType, dict),
)


def differs(left, right):
    if are_leaves(left, right):
        return left != right
    if all_or_none(left, right):
        given, same = answers(operator.ne, left, right)
        result = left != right
        if not result and (any(same) or any(g is not None and not g for g in given)):
            refuse()
        return result
    return not equals(left, right)


def all_or_none(left, right):
    """Whether two things are compared as they are, not by what is in them."""
    return id(type(left)) not in CONTAINERS or type(left) is not type(right) or all_plain(left) and all_plain(right)


def within(item, container):
    """`item in container`."""
    if id(type(container)) in HASHED and all_plain(item) and item not in container:
        return False
    if says_itself(container, ("__contains__",)):
        given, same = answers(lambda c, x: x in c, container, item)
        result = item in container
        if result and (all(given) or not all(same)):
            refuse()
        return result
    kind = type(container)
    contains = next((names["__contains__"] for names in map(NAMES, MRO(kind)) if "__contains__" in names), None)
    of_items = hasattr(kind, "__iter__") or hasattr(kind, "__getitem__")
    of_items = of_items and (contains is None or id(type(contains)) in METHODS)
    if not of_items or issubclass(kind, (str, bytes, bytearray, range)) or all_plain(item) and all_plain(container):
        return item in container
    return any(item is x or equals(x, item) for x in container)


def without(item, container):
    return not within(item, container)


def ordered(operator, opposite):
    """A comparison by order, in which an object of the program's is not both below and above a number."""

    def compare(left, right):
        if are_leaves(left, right):
            return operator(left, right)
        given, mine = [], (says_itself(left), says_itself(right))
        if type(left) in NUMBERS and mine[1]:
            given = [(extreme, right) for extreme in (-1e300, 1e300)]
        elif type(right) in NUMBERS and mine[0]:
            given = [(left, extreme) for extreme in (-1e300, 1e300)]
        before = states(left, right) if given else []
        try:
            one_answer = given and all([operator(*both) for both in given])
        except Exception:
            one_answer = False
        restore(before)
        result = operator(left, right)
        if result and any(mine):
            before = states(left, right)
            try:
                contrary = opposite(left, right) is True
            except Exception:
                contrary = False
            restore(before)
            if one_answer or contrary:
                refuse()
        return result

    return compare


def same_number(one, other):
    """Whether two differences have one amount."""
    try:
        return bool(abs(one) == abs(other))
    except Exception:
        return False


def minus(left, right):
    if are_leaves(left, right):
        return left - right
    given = []
    if type(left) in NUMBERS and says_itself(right) or type(right) in NUMBERS and says_itself(left):
        given = [g for g in answers(operator.sub, left, right)[0] if g is not None]
    result = left - right
    if given and all(same_number(g, result) for g in given):
        refuse()
    return result


less, at_most = ordered(operator.lt, operator.gt), ordered(operator.le, operator.gt)
greater, at_least = ordered(operator.gt, operator.lt), ordered(operator.ge, operator.lt)


def chain(left, *rest):
    """A comparison of more than two, from the names of the operators and functions that give the operands."""
    result, half = True, len(rest) // 2
    for name, operand in zip(rest[:half], rest[half:]):
        right = operand()
        result = OPERATORS[name](left, right)
        if not result:
            break
        left = right
    return result


def item(container, key):
    """`container[key]`, where an object of the program's finds only what it is equal to."""
    if type(container) is dict and says_itself(key):
        for one in container:
            if equals(one, key):
                return container[one]
        raise KeyError(key)
    return container[key]


OPERATORS = {f: globals()[f] for f in (*COMPARISONS.values(), "minus", "chain", "item", "described")}
PLAINLY = dict(equals=operator.eq, differs=operator.ne, less=operator.lt, at_most=operator.le, greater=operator.gt,
               at_least=operator.ge, within=lambda a, b: a in b, without=lambda a, b: a not in b)


# Methods of a TestCase that compare, and the functions that ask the program's objects what these ask.
ASKED = dict(assertNotEqual=differs, assertIn=within, assertNotIn=without, assertLess=less, assertLessEqual=at_most,
             assertGreater=greater, assertGreaterEqual=at_least, assertDictEqual=equals, assertSetEqual=equals,
             assertMultiLineEqual=equals, assertCountEqual=matched,
             assertSequenceEqual=lambda a, b: equals(a, b) or type(a) is not type(b) and equals([*a], [*b]))


def almost(first, second, places=None, msg=None, delta=None):
    """What assertAlmostEqual asserts."""
    if equals(first, second):
        return True
    distance = abs(minus(first, second))
    return at_most(distance, delta) if delta is not None else equals(round(distance, 7 if places is None else places), 0)


def asking_distance(method, wanted):
    def asked(case, first, second, *arguments, **named):
        if all_plain(first) and all_plain(second):
            return method(case, first, second, *arguments, **named)
        if bool(almost(first, second, *arguments, **named)) != wanted:
            case.fail("%.100r, %.100r: %s" % (first, second, method.__name__))

    return asked


def asking(method, question):
    def asked(case, first, second, *arguments, **named):
        if method.__name__ == "assertCountEqual":
            first, second = listed(first), listed(second)
        if method.__name__ in ("assertIn", "assertNotIn") and hasattr(type(second), "__next__"):
            return case.assertEqual(within(first, second), method.__name__ == "assertIn", *arguments, **named)
        if not (all_plain(first) and all_plain(second)):
            try:
                holds = question(first, second)
            except TypeError:
                holds = True  # the method says what it thinks of it
            if not holds:  # nor does it count what an object says when it is asked again
                case.fail("%.100r, %.100r: %s" % (first, second, method.__name__))
        return method(case, first, second, *arguments, **named)

    return asked


def listed(x):
    """The items of an iterator, which can be asked for once; other things as they are."""
    return list(x) if hasattr(type(x), "__next__") else x


ABSENT = object()


class Patches:
    """pytest's monkeypatch: changes that are taken back after the test."""

    def __init__(self):
        self.backs = []

    def undo(self):
        while self.backs:
            self.backs.pop()()

    def context(self):
        return Patches()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.undo()

    def setattr(self, target, name, value=ABSENT, raising=True):
        if value is ABSENT:  # "module.name", value
            (place, _, attribute), value = target.rpartition("."), name
            target, name = importlib.import_module(place), attribute
        old = getattr(target, name, ABSENT)
        if raising and old is ABSENT:
            raise AttributeError("%r has no attribute %r" % (target, name))
        own = vars(target).get(name, ABSENT) if isinstance(target, type) else old
        self.backs.append(lambda: delattr(target, name) if own is ABSENT else setattr(target, name, own))
        setattr(target, name, value)

    def delattr(self, target, name, raising=True):
        old = getattr(target, name, ABSENT)
        if old is not ABSENT or raising:
            delattr(target, name)
            self.backs.append(lambda: setattr(target, name, old))

    def setitem(self, items, key, value):
        old = items.get(key, ABSENT)
        self.backs.append(lambda: items.pop(key, None) if old is ABSENT else items.__setitem__(key, old))
        items[key] = value

    def delitem(self, items, key, raising=True):
        old = items.get(key, ABSENT)
        if old is not ABSENT or raising:
            del items[key]
            self.backs.append(lambda: items.__setitem__(key, old))

    def setenv(self, name, value, prepend=None):
        import os

        if prepend and name in os.environ:
            value = "%s%s%s" % (value, prepend, os.environ[name])
        self.setitem(os.environ, name, str(value))

    def delenv(self, name, raising=True):
        import os

        self.delitem(os.environ, name, raising)

    def chdir(self, path):
        import os

        self.backs.append(lambda place=os.getcwd(): os.chdir(place))
        os.chdir(path)


class Annotation:
    """A type of pytest's that tests name in annotations."""

    def __class_getitem__(cls, item):
        return cls


ANNOTATIONS = """CaptureFixture Config ExceptionInfo FixtureRequest LogCaptureFixture TempPathFactory TempdirFactory
WarningsRecorder""".split()


class Captured:
    """pytest's capsys: what is printed while the test runs."""

    def __init__(self):
        self.before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        self.own = sys.stdout, sys.stderr

    def readouterr(self):
        out, err = (file.getvalue() for file in self.own)
        for file in self.own:
            file.seek(0)
            file.truncate()
        return Output(out, err)

    def disabled(self):
        return self

    def __enter__(self):
        self.end()

    def __exit__(self, kind, error, trace):
        sys.stdout, sys.stderr = self.own

    def end(self):
        sys.stdout, sys.stderr = self.before


Output = collections.namedtuple("CaptureResult", "out err")


def capsys():
    captured = Captured()
    yield captured
    captured.end()


def monkeypatch():
    patches = Patches()
    yield patches
    patches.undo()


class Logged:
    """pytest's caplog: what is logged while the test runs."""

    def __init__(self):
        import logging

        self.logging, self.records, self.levels = logging, [], []
        self.handler = logging.Handler()
        self.handler.emit = self.records.append
        logging.getLogger().addHandler(self.handler)

    messages = property(lambda self: [record.getMessage() for record in self.records])
    record_tuples = property(lambda self: [(r.name, r.levelno, r.getMessage()) for r in self.records])

    @property
    def text(self):
        return "".join("%-8s %s:%s\n" % (r.levelname, r.name, r.getMessage()) for r in self.records)

    def clear(self):
        self.records.clear()

    def set_level(self, level, logger=None):
        logger = self.logging.getLogger(logger)
        self.levels.append((logger, logger.level))
        logger.setLevel(level)

    def at_level(self, level, logger=None):
        self.set_level(level, logger)
        return self

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.restore()

    def restore(self):
        logger, level = self.levels.pop()
        logger.setLevel(level)

    def end(self):
        self.logging.getLogger().removeHandler(self.handler)
        while self.levels:
            self.restore()


def caplog():
    logged = Logged()
    yield logged
    logged.end()


def tmp_path():
    import pathlib
    import tempfile

    return pathlib.Path(tempfile.mkdtemp())


class LocalPath:
    """pytest's tmpdir: a path with methods of its own."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)

    __str__ = __fspath__
    strpath = property(__fspath__)
    basename = property(lambda self: self.path.name)

    def join(self, *names):
        return LocalPath(self.path.joinpath(*names))

    __truediv__ = join

    def mkdir(self, *names):
        path = self.join(*names)
        path.path.mkdir()
        return path

    def write(self, text, mode="w"):
        with open(self.path, mode) as file:
            file.write(text)

    def read(self, mode="r"):
        with open(self.path, mode) as file:
            return file.read()

    def check(self, **named):
        return self.path.exists()

    def listdir(self):
        return [LocalPath(path) for path in self.path.iterdir()]


def tmpdir():
    return LocalPath(tmp_path())


def recwarn():
    warned = Warns(Warning, None, None)
    yield warned.__enter__()
    warned.caught.__exit__(None, None, None)


def capfd():
    yield from capsys()


def tmp_path_factory():
    return types.SimpleNamespace(mktemp=lambda name, numbered=True: tmp_path())


OTHER_FIXTURES = """cache capfdbinary capsysbinary doctest_namespace mocker pytestconfig testdir
tmpdir_factory""".split()  # of pytest, and not here
BUILT_IN = {f.__name__: f for f in (capsys, capfd, caplog, monkeypatch, recwarn, tmp_path, tmp_path_factory, tmpdir)}
for function in BUILT_IN.values():
    function.__fixture__ = {}


class Run:
    """One run of a test.

    `scope` is the dict of the module in which it runs, with the program's names in it; `touched` tells how often
    the test used something of the program's; `bound` is called when the test has defined something.
    """

    def __init__(self, code, roots, entry, scope, touched, bound=lambda: None):
        self.code, self.entry, self.scope, self.touched, self.bound = code, entry, scope, touched, bound
        self.held, self.left = 0, Left()
        self.entered, self.cases_run = set(), set()
        self.failure = self.unittest = None
        self.names = names_in(code)
        MATCHERS[0] = "ANY" in self.names
        self.instance = None  # whose method runs
        self.kept = {}  # values of fixtures with a wider scope than a function, by the fixture and its class
        self.pytest = "pytest" in roots
        if self.pytest:
            sys.modules["pytest"] = self.stand_in()
        if "unittest" in roots:
            self.serve_unittest()
        if "doctest" in roots:
            self.serve_doctest()

    def hold(self):
        if self.touched():
            self.held += 1

    def uncheck(self):
        """The test has no check of the program: what was taken out of it is all that there is to check."""
        self.held += 1

    def skipped(self, marks=()):
        """A test that neither skips itself nor is marked was skipped by the program."""
        asks = {name for name in self.names if "skip" in name.lower() or name == "xfail"}
        if not any(marks) and not asks - {"skipif", "skipIf", "skipUnless"}:
            self.failure = self.failure or RuntimeError("the program skips the test")

    def run(self):
        """Runs the test; the number of checks that held. What fails the test comes out as an exception."""
        self.scope.update(__name__="__main__", __held__=self.hold, __entered__=self.entered.add)
        self.scope.update(__leave__=self.leave, __decide__=self.decide, __bound__=self.bound, __unchecked__=self.uncheck)
        self.scope.update(("__%s__" % name, function) for name, function in OPERATORS.items())
        try:
            exec(self.code, self.scope)
            self.run_check()
            self.run_cases()
            self.run_functions()
        except Left as left:
            if left is not self.left:
                raise RuntimeError("the program raises what ends a test") from None
        except SystemExit as error:
            raise RuntimeError("SystemExit: %s" % error) from None
        if self.failure is not None:
            raise self.failure
        return self.held

    def leave(self, status=None):
        """sys.exit, as the test calls it."""
        if status in (None, 0, False):
            raise self.left
        raise RuntimeError("the test exits with status %s" % (status,))

    def decide(self, status=None):
        """sys.exit with a status that a comparison decides."""
        if status in (0, False):
            self.hold()
        self.leave(status)

    def own(self, kind):
        """What the test defined at its top level, by name."""
        return [(n, v) for n, v in list(self.scope.items()) if issubclass(type(v), kind) and v.__module__ == "__main__"]

    def run_check(self):
        for name, function in self.own(types.FunctionType):
            if name == "check" and name not in self.entered:
                needed, given = self.parameters(function), []
                if needed:
                    if not self.entry:
                        raise Unrunnable("the test has check(candidate), so the program's entry_point must be named")
                    given = [self.scope[self.entry]]
                if len(needed) > 1:
                    raise Unrunnable("check needs more than the program's function: %s" % ", ".join(needed))
                function(*given)

    @staticmethod
    def parameters(function):
        """The names of the parameters that a call must give."""
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        needed = names[: len(names) - len(function.__defaults__ or ())]
        return needed + tuple(k for k in keywords if k not in (function.__kwdefaults__ or {}))

    # unittest

    def serve_unittest(self):
        import unittest

        run = self

        class Result(unittest.TestResult):
            def addSuccess(self, test):
                run.hold()

            def addSkip(self, test, reason):
                method = getattr(test, getattr(test, "_testMethodName", ""), None)
                run.skipped([hasattr(x, "__unittest_skip__") for x in (type(test), method)])

            def addSubTest(self, test, subtest, error):
                if error is not None:
                    self.addError(test, error)

            def addError(self, test, error):
                run.failure = run.failure or error[1]
                self.stop()

            addFailure = addError

            def addExpectedFailure(self, test, error):
                run.hold()

            def addUnexpectedSuccess(self, test):
                self.addError(test, (None, AssertionError("unexpected success of %s" % test)))

        def main(*arguments, exit=True, **named):
            run.run_cases()
            if exit:
                raise run.left
            return types.SimpleNamespace(result=run.result)

        self.unittest, self.result = unittest, Result()
        unittest.case._ShouldStop = ()  # unittest ends a test quietly by it, and the program could raise it

        def base_equal(case, first, second, msg=None):
            if not equals(first, second):
                raise AssertionError(msg or "%.100r != %.100r" % (first, second))

        def quiet_runner(case):
            import asyncio

            case._asyncioRunner = asyncio.Runner()

        if "IsolatedAsyncioTestCase" in names_in(self.code) and sys.version_info >= (3, 11):
            # Its own runner debugs asyncio, which looks at frames.
            unittest.IsolatedAsyncioTestCase._setupAsyncioRunner = quiet_runner
        unittest.TestCase._baseAssertEqual = base_equal
        for name, question in ASKED.items():
            setattr(unittest.TestCase, name, asking(getattr(unittest.TestCase, name), question))
        for name, wanted in (("assertAlmostEqual", True), ("assertNotAlmostEqual", False)):
            setattr(unittest.TestCase, name, asking_distance(getattr(unittest.TestCase, name), wanted))
        unittest.main = unittest.TestProgram = main
        unittest.TextTestRunner.run = lambda runner, suite: run.run_suite(suite)

    def run_cases(self):
        if self.unittest:
            for _, cls in self.own(type):
                if issubclass(cls, self.unittest.TestCase) and cls not in self.cases_run:
                    self.run_suite(self.unittest.defaultTestLoader.loadTestsFromTestCase(cls))

    def run_suite(self, suite):
        waiting = [suite]
        while waiting:
            test = waiting.pop()
            if isinstance(test, self.unittest.TestCase):
                self.cases_run.add(type(test))
            else:
                waiting.extend(test)
        suite.run(self.result)
        if self.failure is not None:
            raise self.failure
        return self.result

    # doctest

    def serve_doctest(self):
        import doctest

        def testmod(*arguments, **named):
            """The examples of the test's own; those of the program's say nothing about it."""
            runner, finder = doctest.DocTestRunner(verbose=False), doctest.DocTestFinder()
            tests = [doctest.DocTestParser().get_doctest(self.scope.get("__doc__") or "", self.scope, "test", None, 0)]
            for name, x in self.own((types.FunctionType, type)):
                tests += finder.find(x, name, module=False, globs=self.scope)
            for test in tests:
                test.globs = dict(self.scope)
                runner.run(test, out=lambda text: None)
            if runner.failures:
                raise AssertionError("%d of %d examples fail" % (runner.failures, runner.tries))
            if runner.tries:
                self.hold()
            return doctest.TestResults(0, runner.tries)

        doctest.testmod = testmod
        sys.settrace = lambda trace: None  # doctest sets what was there before

    # pytest

    def stand_in(self):
        def raises(expected_exception, *arguments, match=None, **named):
            context = Raises(expected_exception, match, self.hold)
            if not arguments:
                return context
            with context:
                arguments[0](*arguments[1:], **named)
            return context

        def warns(expected=Warning, *arguments, match=None, **named):
            context = Warns(expected, match, self.hold)
            if not arguments:
                return context
            with context:
                return arguments[0](*arguments[1:], **named)

        def deprecated_call(*arguments, **named):
            return warns((DeprecationWarning, PendingDeprecationWarning, FutureWarning), *arguments, **named)

        def importorskip(name, *arguments, **named):
            try:
                return importlib.import_module(name)
            except ImportError:
                raise Unrunnable("the test needs the module %s" % name) from None

        def xfail(reason="", *arguments, **named):
            raise Skipped()

        def fixture(function=None, **named):
            if function is None:
                return lambda function: fixture(function, **named)
            function.__fixture__ = named
            return function

        def fail(reason="", *arguments, **named):
            raise AssertionError(reason)

        def skip(*arguments, **named):
            raise Skipped()

        def main(*arguments, **named):
            self.run_cases()
            self.run_functions()
            return 0

        def param(*values, marks=(), **named):
            return Param(values, marks if isinstance(marks, (list, tuple)) else [marks])

        module = types.ModuleType("pytest")
        module.__dict__.update(raises=raises, approx=Approx, fixture=fixture, fail=fail, skip=skip, main=main)
        module.__dict__.update(importorskip=importorskip, xfail=xfail, __version__="8.0.0")
        module.__dict__.update(dict.fromkeys(ANNOTATIONS, Annotation), MonkeyPatch=Patches)
        module.__dict__.update(param=param, mark=Mark(), warns=warns, deprecated_call=deprecated_call)
        return module

    def run_functions(self):
        """The functions and classes that pytest would find, but for those that the test called itself."""
        functions = [(n, f) for n, f in self.own(types.FunctionType) if n.startswith("test")]
        functions = [(n, f) for n, f in functions if n not in self.entered and not hasattr(f, "__fixture__")]
        classes = [(n, c) for n, c in self.own(type) if n.startswith("Test") and "__init__" not in vars(c)]
        classes = [c for _, c in classes if not (self.unittest and issubclass(c, self.unittest.TestCase))]
        if functions or classes:
            self.call(self.scope.get("setup_module"), self.module())
        for _, function in functions:
            self.run_function(function)
        for cls in classes:
            self.run_class(cls)
        if functions or classes:
            self.call(self.scope.get("teardown_module"), self.module())

    def module(self):
        """The test's module, for functions that take it."""

        class Module:
            def __getattribute__(module, name):
                try:
                    return self.scope[name]
                except KeyError:
                    raise AttributeError(name) from None

            def __setattr__(module, name, value):
                self.scope[name] = value

        return Module()

    def run_class(self, cls):
        self.call(getattr(cls, "setup_class", None), cls)
        for name in dict.fromkeys(n for base in reversed(cls.__mro__) for n in vars(base)):  # as they are written
            function = getattr(cls, name)
            if isinstance(function, type) and name.startswith("Test") and "__init__" not in vars(function):
                self.run_class(function)
            elif name.startswith("test") and callable(function):
                self.run_function(function, cls, name)
        self.call(getattr(cls, "teardown_class", None), cls)

    def call(self, function, argument):
        """Calls what prepares or ends a test, which may take what it prepares."""
        if function is not None:
            function(*[argument][: len(self.arguments(function))])

    def fixtures(self, instance):
        """The fixtures that a test may have, by name."""
        found = dict(BUILT_IN)
        for names in (self.scope, {n: getattr(instance, n) for n in dir(instance)} if instance else {}):
            for name, function in list(names.items()):
                if type(function) in (types.FunctionType, types.MethodType) and hasattr(function, "__fixture__"):
                    found[function.__fixture__.get("name") or name] = function
        return found

    def arguments(self, function):
        """The names of the parameters that a call of a function or a method must give."""
        if type(function) is types.MethodType:
            return self.parameters(function.__func__)[1:]
        return self.parameters(function)

    def run_function(self, function, cls=None, method=""):
        """Runs a function, or the method of a class on an instance of its own, for each row of its tables."""
        self.instance = cls() if cls else None
        bound = getattr(self.instance, method) if cls else function
        marks = self.scope.get("pytestmark", [])
        marks = marks_of(*(marks if isinstance(marks, (list, tuple)) else [marks]), cls, function)
        self.entered.add(function.__name__)
        known = self.fixtures(self.instance)
        used = [a for name, arguments, _ in marks if name == "usefixtures" for a in arguments]
        wanted = [*self.arguments(bound), *used, *(n for n, f in known.items() if f.__fixture__.get("autouse"))]
        given, tables = set(), []
        for arguments, named in [(arguments, named) for name, arguments, named in marks if name == "parametrize"]:
            given |= set(self.argnames(*arguments, **named))
            tables.append(self.table(*arguments, **named))
        for name in wanted:  # grows
            if name in known and name not in given:
                wanted += [n for n in self.arguments(known[name]) if n not in wanted]
            elif name not in given and name != "request":
                if self.pytest or name in OTHER_FIXTURES:
                    raise Unrunnable("the test's function %s needs the fixture %s" % (function.__name__, name))
                return  # a helper of the test's own
        for name in dict.fromkeys(wanted):
            if name in known and name not in given and known[name].__fixture__.get("params") is not None:
                tables.append(self.rows([PARAM + name], known[name].__fixture__["params"]))
        for rows in itertools.product(*tables):
            values = {name: value for row, _ in rows for name, value in row.items()}
            if cls:
                self.instance = cls()
                bound = getattr(self.instance, method)
                known = self.fixtures(self.instance)
            self.run_once(bound, values, dict.fromkeys(wanted), known, marks + [m for _, own in rows for m in own])

    def run_once(self, bound, values, wanted, known, marks):
        if any(n == "skip" or n == "skipif" and self.condition(*arguments, **named) for n, arguments, named in marks):
            return
        ends = []
        prepare, end = self.around("setup"), self.around("teardown")
        self.call(prepare, getattr(bound, "__func__", bound))
        expected = [named for n, arguments, named in marks if n == "xfail" and self.condition(*arguments, **named)]
        try:
            for name in wanted:
                self.value(name, values, known, ends, bound)
            result = bound(**{n: values[n] for n in self.arguments(bound)})
            if type(result) is types.CoroutineType:
                import asyncio

                asyncio.run(result)
        except Skipped:
            self.skipped()
        except Exception as error:
            if not any(isinstance(error, named.get("raises") or Exception) for named in expected):
                raise
        else:
            if any(named.get("strict") for named in expected):
                raise AssertionError("the test passed, which its strict xfail forbids")
        finally:
            for last in reversed(ends):
                last()
        self.call(end, getattr(bound, "__func__", bound))

    def condition(self, *conditions, condition=True, **named):
        """Whether the condition of a mark holds, which may be a text."""
        conditions = conditions or [condition]
        return any(eval(c, {**self.scope}) if isinstance(c, str) else c for c in conditions)

    def around(self, part):
        """What the test has to call before or after each of its functions or methods; None if it has nothing."""
        return getattr(self.instance, part + "_method", None) if self.instance is not None else self.scope.get(part + "_function")

    def value(self, name, values, known, ends, bound):
        """The value of a fixture, made if this test or, where its scope is wider, none has it yet."""
        if name == "request" and name not in values:
            values[name] = self.request(name, values, known, ends, bound)
        if name in values:
            return values[name]
        function = known[name]
        scope = function.__fixture__.get("scope", "function")
        kept = scope != "function" and PARAM + name not in values
        place = getattr(function, "__func__", function), type(self.instance) if scope == "class" else None
        if kept and place in self.kept:
            values[name] = self.kept[place]
            return values[name]
        own = {n: self.value(n, values, known, ends, bound) for n in self.arguments(function)}
        if "request" in own:
            own["request"] = self.request(name, values, known, ends, bound)
        values[name] = function(**own)
        if function.__code__.co_flags & 0x20:  # a generator function
            generator, values[name] = values[name], next(values[name])
            if not kept:
                ends.append(lambda: next(generator, None))
        if kept:
            self.kept[place] = values[name]
        return values[name]

    def request(self, name, values, known, ends, bound):
        return types.SimpleNamespace(
            param=values.get(PARAM + name), function=bound, instance=getattr(bound, "__self__", None),
            node=types.SimpleNamespace(name=bound.__name__), addfinalizer=ends.append,
            getfixturevalue=lambda n: self.value(n, values, known, ends, bound))

    @staticmethod
    def argnames(argnames, *others, **named):
        return [n.strip() for n in argnames.split(",")] if isinstance(argnames, str) else list(argnames)

    def table(self, argnames, argvalues, indirect=False, **named):
        names = self.argnames(argnames)
        through = names if indirect is True else indirect or ()  # fixtures that get the values as request.param
        return self.rows([PARAM + n if n in through else n for n in names], argvalues)

    @staticmethod
    def rows(names, values):
        """The rows of a table, each with its marks."""
        rows = []
        for value in values:
            marks = value.marks if type(value) is Param else ()
            value = value.values if type(value) is Param else value if len(names) > 1 else (value,)
            rows.append((dict(zip(names, value)), marks_of(*marks)))
        return rows
