"""Which programs pass which tests of others. Runs as a program of the sandbox, many pairs at once."""

import signal

SECONDS_PER_PAIR = 0.1


def out_of_time(number, frame):
    raise TimeoutError


def passes(function, test, entry_point):
    scope = {entry_point: function, "candidate": function, "__name__": "test"}
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_PER_PAIR)
    try:
        exec(test, scope)
        if "check" in scope:
            scope["check"](function)
        return True
    except (Exception, SystemExit):
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def passing(programs, tests):
    """programs: [source, function]; tests: [source, entry_point]. Returns pairs of places, program first."""
    signal.signal(signal.SIGVTALRM, out_of_time)
    compiled = []
    for source, entry_point in tests:
        try:
            compiled.append((compile(source, "test", "exec"), entry_point))
        except (SyntaxError, ValueError):
            compiled.append(None)
    pairs = []
    for i, (source, name) in enumerate(programs):
        scope = {"__name__": "program"}
        exec(source, scope)
        pairs += [[i, j] for j, test in enumerate(compiled) if test and passes(scope[name], *test)]
    return pairs
