"""Splits a test into expressions over a program, each with the value it must have, and a script of the rest.

Runs as a program of the sandbox, in a process of its own: what a test's text does here, it does to no one else.
Lifted is the longest run of assertions from the start whose meaning stays the same, so that order is kept:

  assert E == value, assert value == E       value is an expression over builtins and imported modules alone
  assert E is True | False | None
  assert abs(E - value) < tolerance, assert math.isclose(E, value, rel_tol=..., abs_tol=...)
  assert f(...), assert not f(...)           the truth of what the program returns

at the top level of the test or of its check(candidate). E is a call of the program's, perhaps in conversions such
as set(...) or with a constant index, that names nothing the test binds. It holds no comparison, since the program
would then make it and not the JVM. All else stays in the script.
"""

import ast
import math

PURE = """abs all any bool bytes complex dict divmod enumerate float frozenset int len list map max min ord chr pow range
repr reversed round set sorted str sum tuple zip""".split()
CONVERSIONS = "abs dict float frozenset int len list max min round set sorted str sum tuple".split()
BUILTINS = set(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
VALUES = (type(None), bool, int, float, str, bytes)


class Lifter:
    def __init__(self, test, entry):
        self.tree = ast.parse(test)
        self.entry = entry
        self.check = None
        self.pure = {"__builtins__": {name: __builtins__[name] for name in PURE}}
        self.bound, self.imported = set(), set()
        self.lifted = []

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
                names = {(a.asname or a.name).split(".")[0] for a in node.names}
                self.bound |= names
                try:
                    found = {}
                    exec(compile(ast.Module([node], []), "test.py", "exec"), found)
                    self.pure.update({name: found[name] for name in names})
                    self.imported |= names
                except Exception:
                    pass  # the script will say so
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == "check" and len(node.args.args) == 1:
                self.check = node
        stores = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.candidate = self.check and self.check.args.args[0].arg
        if self.candidate and self.candidate not in stores:
            self.bound.discard(self.candidate)

    def called(self):
        """The statement of the test that calls check, and the name it is called with."""
        for node in self.tree.body:
            call = node.value if isinstance(node, ast.Expr) else None
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check":
                if len(call.args) == 1 and isinstance(call.args[0], ast.Name) and not call.keywords:
                    return node, call.args[0].id
        return None, None

    def lift(self):
        self.find_bindings()
        if self.check:
            statement, name = self.called()
            if statement is None:
                if not self.entry:
                    raise ValueError("the test has check(candidate), so the program's entry_point must be named")
                statement = ast.parse("check(%s)" % self.entry).body[0]
                self.tree.body.append(statement)
            else:
                self.entry = name
        live = self.lift_from(self.tree.body)
        script = ast.unparse(ast.fix_missing_locations(self.tree)) if live else ""
        return [self.lifted, script, self.entry]

    def lift_from(self, body):
        """Takes the assertions off the start of a body; whether something is left that must run."""
        kept, live = [], False
        for node in body:
            if live:
                kept.append(node)
            elif isinstance(node, ast.Assert) and self.lift_assertion(node.test):
                continue
            elif self.is_call_of_check(node):
                live = self.lift_from(self.check.body)
                kept.append(node)
            else:
                live = not self.is_inert(node)
                kept.append(node)
        body[:] = kept or [ast.Pass()]
        return live

    def is_call_of_check(self, node):
        return self.check and isinstance(node, ast.Expr) and ast.unparse(node) == "check(%s)" % self.entry

    def is_inert(self, node):
        """Whether a statement does nothing that a test could see."""
        if isinstance(node, (ast.Pass, ast.Import, ast.ImportFrom, ast.FunctionDef)):
            return not getattr(node, "decorator_list", None)
        if isinstance(node, ast.Expr):
            return isinstance(node.value, (ast.Constant, ast.Name))
        if isinstance(node, ast.Assign):
            return all(isinstance(t, ast.Name) for t in node.targets) and self.literal(node.value)
        return False

    def literal(self, node):
        try:
            ast.literal_eval(node)
            return True
        except Exception:
            return False

    def value(self, node):
        """The value of an expression that has nothing to do with the program, in a list; None of another."""
        names = self.names(node)
        if names - (set(PURE) - self.bound) - self.imported or self.entry in names:
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
            if node.func.id != self.entry and node.args and not node.keywords and node.func.id not in self.bound:
                return self.subject(node.args[0]) and all(map(self.literal, node.args[1:]))
        return self.is_result(node)

    def is_result(self, node):
        """Whether the node is a call of the program's."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or self.names(node) & self.bound:
            return False
        return node.func.id in (self.entry, self.candidate) or node.func.id not in BUILTINS

    def add(self, node, value, identical=False, relative=0.0, absolute=0.0):
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
                if value and self.subject(one):
                    return self.add(one, value[0])
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
            if is_number(value) and self.subject(one):
                return self.add(one, value[0], False, tolerance["rel_tol"], tolerance["abs_tol"])
        return False


def is_number(found):
    return found and type(found[0]) in (int, float)


def is_plain(value):
    if type(value) in (list, tuple, set, frozenset):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(is_plain(k) and is_plain(v) for k, v in value.items())
    return type(value) in VALUES


def lift(test, entry):
    try:
        return Lifter(test, entry).lift()
    except SyntaxError as error:
        return "%s (line %s)" % (error.msg, error.lineno)
    except ValueError as error:
        return str(error)
