"""Runs a test as its own runner would, and counts the checks that held.

A test is a script, or holds unittest classes, functions and classes as pytest finds them, or a check(candidate).
Its text runs as __main__ first. Then runs whatever of these it did not run itself. A check counts where it held
after the test touched the program: an assertion, a condition that would have raised, an exception that a test
waited for, a unittest method. The standard library's unittest is used; of pytest there is a stand-in with raises,
approx, fixture, fail, skip, param, main and the marks parametrize, skip, skipif and xfail.
"""

import ast
import builtins
import importlib.util
import itertools
import math
import sys
import types

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
        if name.lower().startswith("assert") or name in ("raises", "fail"):
            return True
    return False


class Instrument(ast.NodeTransformer):
    """Tells where a check held, and where a function began that a runner would call."""

    def __init__(self):
        self.depth = 0

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

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
            return node
        equals = ast.Name("__equals__", ast.Load())
        return ast.copy_location(ast.Call(equals, [node.left, node.comparators[0]], []), node)

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.unparse(node.func) in ("exit", "quit", "sys.exit"):
            node.func = ast.Name("__leave__", ast.Load())
        return node

    def visit_Module(self, node):
        """After each definition at the top level the program may have what it lacked."""
        self.generic_visit(node)
        bound = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)
        node.body = [n for s in node.body for n in ([s, statement("__bound__()")] if isinstance(s, bound) else [s])]
        return node

    def visit_FunctionDef(self, node):
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        if not self.depth and is_test(node.name):
            node.body.insert(0, statement("__entered__(%r)" % node.name))
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node


def is_test(name):
    return name == "check" or name.startswith("test")


def free_names(tree, entry):
    """The modules of Python's that a test uses, and the other names, not builtin, that it may have from the program."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {entry}
    dotted = {n.value.id for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
    modules = {name for name in names & dotted if name in sys.modules or importlib.util.find_spec(name)}
    modules -= {"program", "__main__", "pytest", *PROGRAM_MODULES}
    return modules, {entry} - {""} | {name for name in names - modules if not hasattr(builtins, name)}


CHANGES = """add append appendleft clear discard extend extendleft insert intersection_update difference_update pop
popitem popleft remove reverse rotate setdefault sort symmetric_difference_update update""".split()


def changes_containers(tree):
    """Whether a test's text may change a list, dict or set in place."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            return True
        if isinstance(node, ast.AugAssign) or isinstance(node, ast.Attribute) and node.attr in CHANGES:
            return True
        if isinstance(node, ast.Name) and node.id in ("shuffle", "heappush", "heappop", "heapify"):
            return True
    return False


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
            return len(expected) == len(actual) and all(part(e) == a for e, a in zip(expected, actual))
        if expected == actual:
            return True
        try:
            if math.isnan(expected) or math.isinf(expected):
                return self.nan_ok and math.isnan(expected) and math.isnan(actual)
            relative = 0.0 if self.rel is None and self.abs is not None else 1e-6 if self.rel is None else self.rel
            return abs(expected - actual) <= max(relative * abs(expected), 1e-12 if self.abs is None else self.abs)
        except TypeError:
            return False

    __hash__ = None

    def __repr__(self):
        return "approx(%r)" % (self.expected,)


class Raises:
    """pytest.raises as a context."""

    def __init__(self, expected, match, held):
        self.expected, self.match, self.held, self.value = expected, match, held, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise AssertionError("DID NOT RAISE %r" % (self.expected,))
        if not issubclass(kind, self.expected):
            return False
        if self.match is not None:
            import re

            assert re.search(self.match, str(error)), "%r does not match %r" % (self.match, str(error))
        self.type, self.value, self.tb = kind, error, trace
        self.held()
        return True


class Mark:
    """pytest.mark: what it is called with stays on the function."""

    def __getattr__(self, name):
        def mark(*arguments, **named):
            if len(arguments) == 1 and not named and isinstance(arguments[0], (type, types.FunctionType)):
                return mark()(arguments[0])

            def decorate(function):
                function.__marks__ = [(name, arguments, named)] + getattr(function, "__marks__", [])
                return function

            return decorate

        return mark


def imported(tree):
    """The modules that a test imports, by the first part of their names."""
    nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    roots = {a.name.split(".")[0] for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return roots | {(n.module or "").split(".")[0] for n in nodes if isinstance(n, ast.ImportFrom)}


def prepared(tree):
    """What `Run` takes of a test: its code with the marks set, and the modules that it imports."""
    roots = imported(tree)
    return compile(ast.fix_missing_locations(Instrument().visit(tree)), "test.py", "exec", dont_inherit=True), roots


def names_in(code):
    """All names that a code object mentions."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            names |= names_in(constant)
    return names


PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)


def neighbours(value):
    """Values of the same type that are not equal to `value`, and one that nothing should equal."""
    kind = type(value)
    if kind in (int, float, complex):
        yield from (value + 1, value - 1, value + 7919)
    elif kind is bool:
        yield not value
    elif kind in (list, tuple, str, bytes):
        yield value + kind(b"\0" if kind is bytes else "\0")
    elif kind is dict:
        yield {**value, "\0": 0}
    elif kind in (set, frozenset):
        yield value | {"\0"}
    yield object()


def equals(left, right):
    """`left == right`, but an object of the program's that equals other values as well equals none."""
    result = left == right
    for value, other in ((left, right), (right, left)):
        if type(value) in PLAIN and type(other) not in PLAIN and result and is_program_class(type(other)):
            if any(other == neighbour for neighbour in neighbours(value)):
                raise AssertionError("the program's object equals any value")
    return result


def is_program_class(cls):
    """Whether a class says itself, outside the standard library and the test, what it equals."""
    method = getattr(cls, "__eq__", None)
    file = method.__code__.co_filename if type(method) is types.FunctionType else ""
    return file not in ("", "test.py", "harness.py") and not file.startswith("/")


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
        self.pytest = "pytest" in roots
        if self.pytest:
            sys.modules["pytest"] = self.stand_in()
        if "unittest" in roots:
            self.serve_unittest()

    def hold(self):
        if self.touched():
            self.held += 1

    def run(self):
        """Runs the test; the number of checks that held. What fails the test comes out as an exception."""
        self.scope.update(__name__="__main__", __held__=self.hold, __entered__=self.entered.add)
        self.scope.update(__equals__=equals, __leave__=self.leave, __bound__=self.bound)
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

            def addSubTest(self, test, subtest, error):
                if error is not None:
                    self.addError(test, error)

            def addError(self, test, error):
                run.failure = run.failure or error[1]
                self.stop()

            addFailure = addError

            def addUnexpectedSuccess(self, test):
                self.addError(test, (None, AssertionError("unexpected success of %s" % test)))

        def main(*arguments, exit=True, **named):
            run.run_cases()
            if exit:
                raise run.left

        self.unittest, self.result = unittest, Result
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
        unittest.main = unittest.TestProgram = main
        unittest.TextTestRunner.run = lambda runner, suite: run.run_suite(suite)

    def run_cases(self):
        if self.unittest:
            for _, cls in self.own(type):
                if issubclass(cls, self.unittest.TestCase) and cls not in self.cases_run:
                    self.run_suite(self.unittest.defaultTestLoader.loadTestsFromTestCase(cls))

    def run_suite(self, suite):
        result = self.result()
        waiting = [suite]
        while waiting:
            test = waiting.pop()
            if isinstance(test, self.unittest.TestCase):
                self.cases_run.add(type(test))
            else:
                waiting.extend(test)
        suite.run(result)
        if self.failure is not None:
            raise self.failure
        return result

    # pytest

    def stand_in(self):
        def raises(expected, *arguments, match=None, **named):
            context = Raises(expected, match, self.hold)
            if not arguments:
                return context
            with context:
                arguments[0](*arguments[1:], **named)
            return context

        def fixture(function=None, **named):
            if function is None:
                return lambda function: fixture(function, **named)
            function.__fixture__ = True
            if named.get("name"):
                self.scope[named["name"]] = function
            return function

        def fail(reason="", *arguments, **named):
            raise AssertionError(reason)

        def skip(*arguments, **named):
            raise Skipped()

        def main(*arguments, **named):
            self.run_cases()
            self.run_functions()
            return 0

        def param(*values, **named):
            return values if len(values) != 1 else values[0]

        module = types.ModuleType("pytest")
        module.__dict__.update(raises=raises, approx=Approx, fixture=fixture, fail=fail, skip=skip, main=main)
        module.__dict__.update(param=param, mark=Mark())
        return module

    def run_functions(self):
        """The functions and classes that pytest would find, but for those that the test called itself."""
        for name, function in self.own(types.FunctionType):
            if name.startswith("test") and name not in self.entered and not hasattr(function, "__fixture__"):
                self.run_function(function, None, function)
        for name, cls in self.own(type):
            if name.startswith("Test") and "__init__" not in vars(cls):
                if not (self.unittest and issubclass(cls, self.unittest.TestCase)):
                    self.run_class(cls)

    def run_class(self, cls):
        self.call(getattr(cls, "setup_class", None))
        for name in dir(cls):
            function = getattr(cls, name)
            if name.startswith("test") and callable(function):
                instance = cls()
                self.call(getattr(instance, "setup_method", None))
                self.run_function(function, cls, getattr(instance, name))
                self.call(getattr(instance, "teardown_method", None))
        self.call(getattr(cls, "teardown_class", None))

    @staticmethod
    def call(function):
        if function is not None:
            function()

    def run_function(self, function, cls, bound):
        marks = getattr(cls, "__marks__", []) + getattr(function, "__marks__", [])
        if any(name == "skip" or name == "skipif" and arguments[:1] == (True,) for name, arguments, _ in marks):
            return
        self.entered.add(function.__name__)
        needed = self.parameters(function)[0 if bound is function else 1 :]
        tables = [self.rows(*arguments[:2]) for name, arguments, _ in marks if name == "parametrize"]
        expected = any(name == "xfail" for name, _, _ in marks)
        for rows in itertools.product(*tables):
            given = {name: value for row in rows for name, value in row.items()}
            fixtures, missing = [], [n for n in needed if n not in given]
            if any(not hasattr(self.scope.get(n), "__fixture__") for n in missing):
                if self.pytest:
                    raise Unrunnable("the test's function %s needs the fixture %s" % (function.__name__, missing[0]))
                return  # a helper of the test's own
            try:
                given.update((n, self.fixture(n, fixtures)) for n in missing)
                result = bound(**given)
                if function.__code__.co_flags & 0x80:  # a coroutine function
                    import asyncio

                    asyncio.run(result)
            except Skipped:
                continue
            except Exception:
                if not expected:
                    raise
            finally:
                for generator in fixtures:
                    next(generator, None)

    def fixture(self, name, generators):
        function = self.scope[name]
        value = function(**{n: self.fixture(n, generators) for n in self.parameters(function)})
        if function.__code__.co_flags & 0x20:  # a generator function
            generators.insert(0, value)
            value = next(value)
        return value

    @staticmethod
    def rows(names, values):
        names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
        return [dict(zip(names, value if len(names) > 1 else (value,))) for value in values]
