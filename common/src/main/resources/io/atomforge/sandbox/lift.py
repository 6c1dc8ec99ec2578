"""Splits a test into expressions over a program, each with the value it must have, and a script of the rest.

Runs after harness.py as a program of the sandbox, in a process of its own: what a test's text does here, it does to
no one else, and no program is there to have a say. So what makes a test invalid is found here: it is not Python, it
imports what is not there, it fails before it touches a program, or it accepts every program. The last is tried: a
test that checks something refuses at least one of a few programs that are all wrong.

Lifted is the longest run of assertions from the start whose meaning stays the same, so that order is kept:

  assert E == value, assert value == E       value is an expression over builtins and imported modules alone
  assert E is True | False | None
  assert abs(E - value) < tolerance, assert math.isclose(E, value, rel_tol=..., abs_tol=...)
  assert f(...), assert not f(...)           the truth of what the program returns

at the top level of the test or of its check(candidate). A name of Python's is taken for the program's where the test
cannot mean Python's: a comparison with a constant fails with it, or no other name could be the program's. E is a call of the program's, perhaps in conversions such
as set(...) or with a constant index, that names nothing the test binds. It holds no comparison, since the program
would then make it and not the JVM. All else stays in the script.
"""

import signal
import traceback

PURE = """abs all any bool bytes complex dict divmod enumerate float frozenset int len list map max min ord chr pow range
repr reversed round set sorted str sum tuple zip""".split()
CONVERSIONS = "abs dict float frozenset int len list max min round set sorted str sum tuple".split()
BUILTINS = set(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
# Builtin functions that a test calls to judge or to show, not to be judged.
JUDGES = """breakpoint callable dir eval exec exit getattr globals hasattr help isinstance issubclass iter locals next open
print quit super type vars""".split()
VALUES = (type(None), bool, int, float, str, bytes)
TRIAL_SECONDS = 1.0  # of CPU for each wrong program, after which a test counts as one that checks something


FROM_PROGRAM = "try:\n    from solution import %s\nexcept ImportError:\n    pass\n"


class Invalid(Exception):
    """Says why a test is none."""


class Lifter:
    def __init__(self, test, entry):
        self.tree = ast.parse(test)
        self.entry = entry
        self.check = None
        self.pure = {"__builtins__": {name: __builtins__[name] for name in PURE}}
        self.bound, self.imported = set(), set()
        self.own = set()  # names of Python's that are the program's
        self.lifted, self.subjects = [], 0

    def names(self, node):
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}

    def find_bindings(self):
        """What the test binds; its candidate is the entry point, its imports are made here too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self.bound.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.bound.add(node.name)
            elif isinstance(node, ast.arg):
                self.bound.add(node.arg)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                self.bound.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                self.bind_import(node)
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == "check" and takes_one(node.args):
                self.check = node
        stores = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.candidate = self.check and self.check.args.args[0].arg
        if self.candidate and self.candidate not in stores:
            self.bound.discard(self.candidate)

    def bind_import(self, node):
        names = {(a.asname or a.name).split(".")[0] for a in node.names}
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        if any(module in PROGRAM_MODULES for module in modules):
            self.bound |= {a.asname for a in node.names if a.asname} | names & set(modules)
            return
        self.bound |= names
        if "pytest" in modules:
            return
        try:
            found = {}
            exec(compile(ast.Module([node], []), "test.py", "exec"), found)
            self.pure.update({name: found[name] for name in names if name in found})
            self.imported |= names
        except ImportError as error:
            if node not in self.guarded:
                raise Invalid("the test imports what the sandbox does not have: %s" % error) from None
        except Exception:
            pass  # the script will say so

    def called(self):
        """The statement of the test that calls check, and the name it is called with."""
        for node in self.tree.body:
            call = node.value if isinstance(node, ast.Expr) else None
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check":
                if len(call.args) == 1 and isinstance(call.args[0], ast.Name) and not call.keywords:
                    return node, call.args[0].id
        return None, None

    def lift(self):
        tries = [n for n in ast.walk(self.tree) if isinstance(n, ast.Try) and n.handlers]
        self.guarded = {n for t in tries for s in t.body for n in ast.walk(s)}
        self.find_bindings()
        about = self.find_own()
        if self.check:
            call, name = self.called()
            if call is not None:
                self.entry = name
            elif not self.names_check():
                if not self.entry:
                    raise Invalid("the test has check(candidate), so the program's entry_point must be named")
                self.tree.body.append(ast.parse("check(%s)" % self.entry).body[0])
            else:
                self.check = None  # whether and when it is called shows when the test runs
        whole = ast.unparse(self.tree)
        live = self.lift_from(self.tree.body, self.is_inert)
        if not self.subjects:
            self.lifted, live, self.tree = [], True, ast.parse(whole)
        script = ast.unparse(ast.fix_missing_locations(self.tree)) if live else ""
        if script:
            script = self.with_own(script)
        if not self.lifted:
            require_check(script, self.entry)
        whole = self.with_own(whole) if self.lifted else script
        return [self.lifted, script, self.entry, why_shared(ast.parse(script), self.bound), about, whole]

    def with_own(self, script):
        """A script that first takes the names of Python's that are the program's."""
        if not self.own:
            return script
        tree = ast.parse(script)
        take = ast.parse("".join(FROM_PROGRAM % name for name in sorted(self.own))).body
        first = beginning(tree.body)
        tree.body[first:first] = take
        return ast.unparse(ast.fix_missing_locations(tree))

    def find_own(self):
        """Finds the names of Python's that are the program's.

        Returns those of which the program must define one, since the test holds without any program.
        """
        if any(isinstance(n, ast.ImportFrom) and n.module in PROGRAM_MODULES for n in ast.walk(self.tree)):
            return []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
                self.compare(node.left, node.comparators[0])
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "self.assertEqual" and len(node.args) > 1:
                self.compare(*node.args[:2])
        if self.entry or free_names(self.tree, self.entry)[1] - self.bound - self.own:
            return []
        self.own |= self.outer_calls(self.tree)
        return sorted(self.own) if self.own and self.holds_alone() else []

    def compare(self, left, right):
        """Takes the name of a call for the program's if Python's function does not give what it is compared with."""
        for call, other in ((left, right), (right, left)):
            if self.is_constant_call(call) and call.func.id not in self.own:
                found, wanted = self.value(call), self.value(other)
                if wanted and (not found or found[0] != wanted[0]):
                    self.own.add(call.func.id)

    def is_constant_call(self, node):
        """Whether the node is a call of a builtin function with arguments that no program has a part in."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id in self.bound:
            return False
        given = [*node.args, *(k.value for k in node.keywords)]
        return node.func.id in BUILTINS and node.func.id not in JUDGES and all(map(self.value, given))

    def outer_calls(self, node):
        """The builtin functions that a test calls elsewhere than in the arguments of others."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
            return set() if node.func.id in self.bound or node.func.id in JUDGES else {node.func.id}
        return {name for child in ast.iter_child_nodes(node) for name in self.outer_calls(child)}

    def holds_alone(self):
        try:
            Run(*prepared(ast.parse(ast.unparse(self.tree)), False), "", types.ModuleType("__main__").__dict__, lambda: 1).run()
            return True
        except BaseException:
            return False

    def names_check(self):
        """Whether the test's text calls check somewhere, as within an if."""
        return any(isinstance(n, ast.Name) and n.id == "check" for n in ast.walk(self.tree))

    def lift_from(self, body, is_inert):
        """Takes the assertions off the start of a body; whether something is left that must run."""
        kept, live = [], False
        for node in body:
            if live:
                kept.append(node)
            elif isinstance(node, ast.Assert) and self.lift_assertion(node.test):
                continue
            elif self.is_call_of_check(node):
                live = self.lift_from(self.check.body, self.is_inert_in_check)
                kept.append(node)
            else:
                live = not is_inert(node)
                kept.append(node)
        body[:] = kept or [ast.Pass()]
        return live

    def is_call_of_check(self, node):
        return self.check and isinstance(node, ast.Expr) and ast.unparse(node) == "check(%s)" % self.entry

    def is_inert(self, node):
        """Whether a statement does nothing that a test could see, and nothing that a runner would run later."""
        if isinstance(node, (ast.Pass, ast.Import)):
            return True
        if isinstance(node, ast.ImportFrom):
            return node.module not in PROGRAM_MODULES or all(not a.asname for a in node.names)
        if isinstance(node, ast.FunctionDef):
            return not node.decorator_list and (node is self.check or not is_test(node.name))
        if isinstance(node, ast.Expr):
            return isinstance(node.value, (ast.Constant, ast.Name))
        return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "METADATA"  # as in HumanEval

    def is_inert_in_check(self, node):
        """The same of a statement in check, whose names no program sees."""
        names = [t for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []
        return self.is_inert(node) or bool(names) and len(names) == len(node.targets) and self.literal(node.value)

    def literal(self, node):
        try:
            ast.literal_eval(node)
            return True
        except Exception:
            return False

    def value(self, node):
        """The value of an expression that has nothing to do with the program, in a list; None of another."""
        names = self.names(node)
        if names - (set(PURE) - self.bound) - self.imported or self.entry in names or names & self.own:
            return None
        try:
            value = eval(compile(ast.Expression(node), "test.py", "eval"), dict(self.pure))
        except Exception:
            return None
        return [value] if is_plain(value) else None

    def subject(self, node):
        """Whether the node can move to the program, which gives its value."""
        if isinstance(node, ast.Subscript):
            return self.literal(node.slice) and self.subject(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CONVERSIONS:
            names = {self.entry} | self.bound | self.own
            if node.func.id not in names and node.args and not node.keywords:
                return self.subject(node.args[0]) and all(map(self.literal, node.args[1:]))
        return self.is_result(node)

    def is_result(self, node):
        """Whether the node is a call of the program's."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or self.names(node) & self.bound:
            return False
        return node.func.id in (self.entry, self.candidate, *self.own) or node.func.id not in BUILTINS

    def add(self, node, value, identical=False, relative=0.0, absolute=0.0):
        self.subjects += not self.is_constant_call(node) or node.func.id in self.own
        tree = ast.parse(ast.unparse(node), mode="eval")
        for name in ast.walk(tree):
            if isinstance(name, ast.Name) and name.id == self.candidate:
                name.id = self.entry
        self.lifted.append([ast.unparse(tree), value, identical, relative, absolute])
        return True

    def lift_assertion(self, test):
        if isinstance(test, ast.Constant) and test.value:
            return True
        if self.is_result(test):
            return self.add(ast.parse("not not (%s)" % ast.unparse(test), mode="eval").body, True, True)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and self.is_result(test.operand):
            return self.add(test, True, True)
        if isinstance(test, ast.Call):
            return self.lift_isclose(test)
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return False
        left, operator, right = test.left, test.ops[0], test.comparators[0]
        if isinstance(operator, (ast.Lt, ast.LtE)):
            return self.lift_distance(left, isinstance(operator, ast.Lt), right)
        if isinstance(operator, ast.Is) and type(getattr(right, "value", 0)) in (bool, type(None)) and self.subject(left):
            return self.add(left, right.value, True)
        if isinstance(operator, ast.Eq):
            for one, other in ((left, right), (right, left)):
                value = self.value(other)
                if value and (self.subject(one) or self.is_constant_call(one)):
                    return not has_nan(value[0]) and self.add(one, value[0])
        return False

    def lift_distance(self, distance, strict, tolerance):
        tolerance = self.value(tolerance)
        if not isinstance(distance, ast.Call) or len(distance.args) != 1 or distance.keywords:
            return False
        name, inner = ast.unparse(distance.func), distance.args[0]
        if name not in ("abs", "math.fabs") or not isinstance(inner, ast.BinOp) or not isinstance(inner.op, ast.Sub):
            return False
        for one, other in ((inner.left, inner.right), (inner.right, inner.left)):
            value = self.value(other)
            if is_number(value) and is_number(tolerance) and self.subject(one):
                bound = float(tolerance[0])
                if type(value[0]) is int and abs(value[0]) >= 1 << 53:
                    return False  # the distance of such numbers is not that of their floats
                if strict and bound <= 0:
                    return False
                bound = math.nextafter(bound, 0.0) if strict else bound
                return 0 <= bound < math.inf and self.add(one, value[0], False, 0.0, bound)
        return False

    def lift_isclose(self, call):
        if ast.unparse(call.func) not in ("math.isclose", "isclose") or len(call.args) != 2:
            return False
        if isinstance(call.func, ast.Name) and self.pure.get("isclose") is not math.isclose:
            return False
        tolerance = {"rel_tol": 1e-9, "abs_tol": 0.0}
        for keyword in call.keywords:
            value = self.value(keyword.value)
            if keyword.arg not in tolerance or not is_number(value):
                return False
            tolerance[keyword.arg] = float(value[0])
        for one, other in (call.args, call.args[::-1]):
            value = self.value(other)
            usual = 0 <= tolerance["rel_tol"] <= 1 and 0 <= tolerance["abs_tol"] < math.inf
            if usual and is_number(value) and self.subject(one):
                return self.add(one, value[0], False, tolerance["rel_tol"], tolerance["abs_tol"])
        return False


def has_nan(value):
    """Whether a collection holds a NaN: it equals another if that holds the very same."""
    items = [*value.keys(), *value.values()] if type(value) is dict else value if isinstance(value, (list, tuple, set, frozenset)) else ()
    return any(x != x if type(x) is float else has_nan(x) for x in items)


def is_number(found):
    return found and type(found[0]) in (int, float)


def is_plain(value):
    if type(value) in (list, tuple, set, frozenset):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(is_plain(k) and is_plain(v) for k, v in value.items())
    return type(value) in VALUES


# Modules whose state, files, threads or patches a test and a program have in common.
SHARED_MODULES = """asyncio builtins concurrent contextlib contextvars copyreg gc importlib inspect io locale logging
multiprocessing os pathlib pickle pkgutil queue runpy select shutil socket subprocess sysconfig tempfile
threading traceback tracemalloc types warnings weakref""".split()
SHARED_BUILTINS = "compile delattr dir eval exec globals id input issubclass locals memoryview open setattr vars".split()
SHARED_ASSERTIONS = """assertIs assertIsNot assertLogs assertNoLogs assertWarns assertWarnsRegex OrderedDict deprecated_call
warns""".split()
SHARED_FIXTURES = "capsys capfd caplog monkeypatch recwarn tmp_path tmp_path_factory tmpdir".split()
SHARED_NAMES = ("mock", "seed", "patch", "OrderedDict", "warns", "deprecated_call")
OWN = {"sys": "exit float_info int_info maxsize version version_info path".split(),
       "signal": "signal alarm setitimer SIGALRM ITIMER_REAL SIG_DFL SIG_IGN".split()}  # a limit on the test's time


def why_shared(tree, bound):
    """What in a test's text needs the program in the same process, as identity does; empty if nothing does."""
    roots = imported(tree)
    known = BUILTINS | bound | roots - set(PROGRAM_MODULES)
    long = long_names(tree)
    for name in sorted(roots & set(SHARED_MODULES)):
        return "import %s" % name
    if not only_called(tree, "type"):
        return "type"
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            if any(isinstance(o, (ast.Is, ast.IsNot)) for o in node.ops):
                if not any(isinstance(o, ast.Constant) for o in operands) and not all(is_type(o, bound) for o in operands):
                    return "is"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in EXPECTING and node.args:
            for name in ast.walk(node.args[0]):
                if isinstance(name, ast.Name) and name.id not in known:
                    return "an exception %s" % name.id
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            for name in ast.walk(node.type):
                if isinstance(name, ast.Name) and name.id not in BUILTINS | bound | roots:
                    return "except %s" % name.id
        elif isinstance(node, ast.Name) and node.id in SHARED_BUILTINS:
            return node.id
        elif isinstance(node, ast.Name) and long.get(node.id) in STATES:
            return long[node.id]
        elif isinstance(node, ast.Name) and long.get(node.id, "").startswith("sys.") and long[node.id][4:] not in OWN["sys"]:
            return long[node.id]
        elif isinstance(node, ast.Attribute):
            first, dot, rest = ast.unparse(node).partition(".")
            text = long.get(first, first) + dot + rest
            if node.attr in SHARED_ASSERTIONS or node.attr[:2] == "__" and node.attr != "__name__":
                return node.attr
            if text in (*STATES, "unittest.mock", "time.sleep"):
                return text
            module, _, name = text.partition(".")
            if module in OWN and name.split(".")[0] not in OWN[module]:
                return text
        elif isinstance(node, ast.ImportFrom) and (
            node.module == "signal" or any(a.name in SHARED_NAMES for a in node.names)
        ):
            return "import %s" % node.names[0].name
        elif isinstance(node, ast.Import) and any(a.name == "unittest.mock" for a in node.names):
            return "import unittest.mock"
        elif isinstance(node, ast.AsyncFunctionDef):
            return "async"
        elif isinstance(node, ast.FunctionDef) and any(a.arg in SHARED_FIXTURES for a in node.args.args):
            return "a fixture of pytest"
    return ""


EXPECTING = ("raises", "assertRaises", "assertRaisesRegex")
STATES = ("random.seed", "random.setstate", "decimal.getcontext", "decimal.setcontext", "decimal.localcontext")


def is_type(node, bound):
    """Whether the node gives a class of Python's, as type(x) does of a value."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "type" and "type" not in bound
    return isinstance(node, ast.Name) and node.id not in bound and isinstance(getattr(builtins, node.id, None), type)


def long_names(tree):
    """The full names of what a test's imports bind."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update({a.asname: a.name for a in node.names if a.asname})
        elif isinstance(node, ast.ImportFrom):
            found.update({a.asname or a.name: "%s.%s" % (node.module, a.name) for a in node.names})
    return found


def takes_one(arguments):
    """Whether a function can be called with one argument."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional >= 1 >= positional - len(arguments.defaults) and None not in arguments.kw_defaults


class Wrong(Exception):
    """What one of the wrong programs raises."""


class Late(BaseException):
    pass


class WrongProgram:
    """An object of a wrong program, and each of its results.

    Every truth and comparison is `answer`, and every number goes with it; with None no number comes twice.
    """

    touches = 0
    attributes = ()  # what the test asks of objects

    def __init__(self, answer, call):
        self.__dict__.update(_answer=answer, _call=call)

    def _more(self, *arguments, **named):
        WrongProgram.touches += 1
        return WrongProgram(self._answer, self._call)

    def _truth(self, *arguments):
        WrongProgram.touches += 1
        return bool(self._answer)

    def _number(self, *arguments):
        WrongProgram.touches += 1
        return WrongProgram.touches if self._answer is None else 7919 if self._answer else 0

    def __call__(self, *arguments, **named):
        WrongProgram.touches += 1
        return self._call(self, *arguments, **named)

    def __getattr__(self, name):
        if name.startswith("__") and name != "__name__":
            raise AttributeError(name)
        return self._more()

    def __setattr__(self, name, value):
        WrongProgram.touches += 1

    def __float__(self):
        return self._number() + 0.25

    def __complex__(self):
        return self._number() + 0.25j

    def __str__(self):
        return "wrong%d" % self._number()

    def __iter__(self):
        return iter([self._more(), self._more()])

    def __mro_entries__(self, bases):
        methods = {name: WrongProgram._more for name in WrongProgram.attributes}
        methods["__init__"] = lambda s, *a, **n: WrongProgram.__init__(s, *self._both)
        return (type("Base", (WrongProgram,), methods),)

    @property
    def __class__(self):
        WrongProgram.touches += 1
        return WrongProgram

    @property
    def _both(self):
        return self._answer, self._call


for names, method in (
    ("bool eq ne lt le gt ge contains instancecheck subclasscheck exit", WrongProgram._truth),
    ("len int index hash", WrongProgram._number),
    ("enter getitem setitem delitem reversed next neg pos abs invert round trunc floor ceil", WrongProgram._more),
    ("add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift", WrongProgram._more),
    ("radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor rlshift rrshift", WrongProgram._more),
):
    for name in names.split():
        setattr(WrongProgram, "__%s__" % name, method)
WrongProgram.__repr__ = WrongProgram.__str__


class WrongFunction(WrongProgram):
    """What a test calls is true in itself."""

    def __bool__(self):
        return True


def says_itself(x):
    """In place of the harness's: what a wrong program equals is as wrong as it should be."""
    return False


class Everything(dict):
    """The names of a test whose text does not show which of them are the program's."""

    def __missing__(self, name):
        if name in BUILTINS or name.startswith("__"):
            raise KeyError(name)
        return self["__program__"]


def raising(kind):
    def call(program, *arguments, **named):
        raise kind("the wrong program's error")

    return call


def spoil(program, *arguments, **named):
    """Changes what it is given."""
    for x in (*arguments, *named.values()):
        if type(x) in (list, bytearray):
            x.append(7)
        elif type(x) is dict:
            x[object()] = None
        elif type(x) is set:
            x.add(object())
    return program._more()


WRONG_PROGRAMS = (
    (False, WrongProgram._more),
    (True, WrongProgram._more),
    (False, lambda program, *arguments, **named: None),
    (False, raising(Wrong)),
    (None, WrongProgram._more),
    (False, spoil),
)


def awaited(tree):
    """Wrong programs that raise, with a message of no sense, what a test names of Python's exceptions."""
    for name in sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & BUILTINS):
        kind = getattr(builtins, name)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            try:
                wrong = type(name, (Wrong, kind), {})
                wrong("")
            except TypeError:  # it needs more than a message
                continue
            yield False, raising(wrong)


def require_check(script, entry):
    """Runs a test against wrong programs until one is refused."""
    if not has_check(ast.parse(script)):
        raise Invalid("the test asserts nothing")
    modules = dict(sys.modules)
    signal.signal(signal.SIGPROF, late)
    for answer, call in itertools.chain(WRONG_PROGRAMS, awaited(ast.parse(script))):
        WrongProgram.touches = 0
        signal.setitimer(signal.ITIMER_PROF, TRIAL_SECONDS, TRIAL_SECONDS)
        try:
            refused = refuses_program(script, entry, WrongProgram(answer, call))
        except Late:
            refused = True  # it is not known, and a test is none only if that is
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            sys.modules.clear()
            sys.modules.update(modules)
        if refused:
            return
    raise Invalid("the test asserts nothing about the program: it accepts programs that are all wrong")


def late(number, frame):
    raise Late()


def refuses_program(script, entry, program):
    """Whether a test fails with a wrong program, and not because of what that program raised."""
    tree = ast.parse(script)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    for name in PROGRAM_MODULES:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__getattr__ = lambda name: program
    modules, names = free_names(tree, entry)
    functions = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    function = WrongFunction(*program._both)
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    WrongProgram.attributes = [a for a in attributes if not a.startswith("_")]
    for name in names:
        main.__dict__[name] = function if name == entry or name in functions else program
    main.__dict__.update((name, __import__(name)) for name in modules)
    scope = main.__dict__
    if {"eval", "exec", "globals"} & {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}:
        scope = Everything(scope, __program__=function)
    try:
        Run(*prepared(tree, False), entry, scope, lambda: WrongProgram.touches).run()
        return False
    except (Wrong, Late) as error:
        if isinstance(error, Late):
            raise
        return False
    except Unrunnable as error:
        raise Invalid(str(error)) from None
    except BaseException as error:
        if not WrongProgram.touches and not is_about(error, ast.parse(script), names):
            raise Invalid("the test fails by itself: %s" % describe(error)) from None
        return True


def is_about(error, tree, names):
    """Whether an error came through a line of the test that names something of the program's, or something made of it."""
    defined = [n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    made = set(names) - stored - imported_names(tree) - set(defined)
    for _ in tree.body:
        for statement in tree.body:
            named = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
            if any(n.id in made for n in named):
                made |= {n.id for n in named if isinstance(n.ctx, ast.Store)}
                made |= {statement.name} if hasattr(statement, "name") else set()
    lines, trace = set(), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "test.py":
            lines.add(trace.tb_lineno)
        trace = trace.tb_next
    return any(isinstance(n, ast.Name) and n.id in made and n.lineno in lines for n in ast.walk(tree))


def describe(error):
    return "".join(traceback.format_exception_only(type(error), error)).strip()[:300]


def lift(test, entry):
    try:
        return Lifter(test, entry).lift()
    except SyntaxError as error:
        return "the test is not Python: %s (line %s)" % (error.msg, error.lineno)
    except (RecursionError, MemoryError, ValueError) as error:
        return "the test cannot be read: %s" % describe(error)
    except Invalid as error:
        return str(error)
