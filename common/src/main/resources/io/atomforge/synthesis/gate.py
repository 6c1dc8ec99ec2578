"""Runs several candidates of the gate, one after the other, in one program.

The atoms are compiled once, but defined anew in the namespace of each candidate, so that nothing an atom keeps
outlives it. What still gets from one candidate to the next, such as a changed module of Python's, shows when a
second program takes them in another order. An exception is an outcome of the candidate; running out of memory or
a refusal of the system may come of its neighbours, so these leave the program.
"""

_codes = {}
_scope = {}
_seen = []
_tables = []
_inputs = 0
_FAILED = object()
_MAX_ERROR = 500


def gate(what, *args):
    return {"define": _define, "solve": _solve, "probe": _probe, "compare": _compare}[what](*args)


def _define(sources):
    """Makes atoms known: id to source."""
    for atom, source in sources.items():
        _codes[atom] = compile(source, "program.py", "exec")


def _solve(atoms, wiring, inputs):
    """The results of the wiring on each input, or up to the first that fails, and then why."""
    global _inputs
    _inputs = len(inputs)
    _scope.clear()
    _scope["__name__"] = "program"
    _seen.clear()
    for atom in atoms:
        exec(_codes[atom], _scope)
    exec(wiring, _scope)
    try:
        for args in inputs:
            _run(args)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        return [[result for _, result in _seen], ("%s: %s" % (type(error).__name__, error))[:_MAX_ERROR]]
    return [[result for _, result in _seen], ""]


def _run(args):
    result = _scope["solve"](*args)
    _seen.append((args, result))
    return result


def _probe(probes):
    """For each probe a list of its result, empty where it fails."""
    shown = []
    for args in probes:
        try:
            result = _run(args)
            shown.append([result] if _is_value(result) else [])
        except (MemoryError, OSError):
            raise
        except Exception:
            shown.append([])
    return shown


def _is_value(x):
    """Whether the sandbox can transport it."""
    kind = type(x)
    if kind is dict:
        return all(_is_value(k) and _is_value(v) for k, v in x.items())
    if kind in (list, tuple, set, frozenset):
        return all(map(_is_value, x))
    return x is None or kind in (bool, int, float, str, bytes)


def _compare(ends, rows=None):
    """For each slot in `ends`, over all inputs: 1 where it gives the same as the wiring, else 0.

    An end that is the same on all of them is followed over the probes too. The slots are the arguments, then the
    rows, which the first comparison of a candidate brings. A row is a step: its form, the name of its function, the
    parity that means yes (or None), and the slots that it takes; or a literal.
    """
    if rows is not None:
        _tables[:] = [_Table(rows, _seen[:_inputs]), _Table(rows, _seen[_inputs:])]
    inputs, probes = _tables
    same = []
    for end in ends:
        marks = inputs.marks(end)
        same.append(marks if "0" in marks else marks + probes.marks(end))
    return same


class _Table:
    """What each slot holds at every place, found out when it is first asked for."""

    def __init__(self, rows, seen):
        self.results = [result for _, result in seen]
        self.columns = [list(column) for column in zip(*(args for args, _ in seen))]
        self.rows = [None] * len(self.columns) + rows
        self.columns += [None] * len(rows)

    def marks(self, end):
        if not self.results:
            return ""
        return "".join("1" if type(a) is type(b) and a == b else "0" for a, b in zip(self.column(end), self.results))

    def column(self, slot):
        if self.columns[slot] is None:
            form, name, parity, taken = self.rows[slot]
            if form == "LITERAL":
                self.columns[slot] = [taken] * len(self.results)
            else:
                self.columns[slot] = _column(form, _scope[name], parity, [self.column(t) for t in taken])
        return self.columns[slot]


def _column(form, function, parity, taken):
    """What a step gives at every place, `_FAILED` where it, or what it takes, fails."""
    if form == "APPLY" and not any(_FAILED in column for column in taken):
        try:
            return list(map(function, *taken))
        except (MemoryError, OSError):
            raise
        except Exception:
            pass  # somewhere: one by one
    column = []
    for args in zip(*taken):
        try:
            column.append(_step(form, function, parity, args))
        except (MemoryError, OSError):
            raise
        except Exception:
            column.append(_FAILED)
    return column


def _step(form, function, parity, args):
    def decides(*taken):
        result = function(*taken)
        return result if parity is None else result % 2 == parity

    if form == "IF":
        *tested, yes, no = args
        return _FAILED if _FAILED in tested else yes if decides(*tested) else no
    if _FAILED in args:
        return _FAILED
    if form == "APPLY":
        return function(*args)
    if form == "REDUCE":
        value, items = args
        for item in items:
            value = function(value, item)
        return value
    items, *others = args
    if form == "MAP":
        return [function(item, *others) for item in items]
    return [item for item in items if decides(item, *others)]
