"""One runner of the sandbox benchmark, timed in this process of its own.

Started as `python -s benchmark.py RUNNER [CHECKOUT]`. Says one line of JSON, {"error": why or null}, then answers
one line of JSON with another:

  {"rows": [{"code", "entry", "calls": [args, ...], "expected": [value, ...]}], "limit_seconds": of one program,
   "lanes": programs in flight, "seconds": how long, over and over; null for each row once}
  {"seconds": wall time, "checks": [[row, passed or null, ms], ...]}

Each request is served by a fork of this process, since what earlier ones left in memory would slow the clones of later
ones.

A runner judges as its project does: the expected values stand in the process that runs the program. The peers are
imported from the user's checkouts; nothing of them is here.
"""

import ctypes
import itertools
import json
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types

for name in "collections copy dataclasses datetime decimal fractions functools heapq math random statistics string typing".split():
    __import__(name)  # as warm as the sandbox's worker, for those that fork


class Row:
    def __init__(self, row, limit):
        self.code, self.entry, self.limit = row["code"], row["entry"], limit
        self.calls, self.expected = row["calls"], row["expected"]
        lines = ["    assert candidate(*%r) == %r" % pair for pair in zip(self.calls, self.expected)]
        self.test = "def check(candidate):\n" + "\n".join(lines) + "\n"
        self.program = "%s\n%s\ncheck(%s)\n" % (self.code, self.test, self.entry)


# ---------------------------------------------------------------------------------------------------------
# Baselines that need nothing but Python.


def run_text(program):
    """The exit status of a program run here: 0 if all its asserts hold."""
    status = 1
    try:
        exec(compile(program, "program.py", "exec"), {"__name__": "program"})
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)


def in_subprocess(row):
    command = [sys.executable, "-I", "-S", "-c", "import sys; exec(sys.stdin.read())"]
    try:
        done = subprocess.run(command, input=row.program.encode(), capture_output=True, timeout=row.limit)
        return done.returncode == 0
    except subprocess.TimeoutExpired:
        return False


def under_alarm(row, results):
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, row.limit)
    try:
        exec(row.program, {"__name__": "program"})
        results.append(True)
    except BaseException:
        results.append(False)


def in_managed_process(row):
    """The pattern of the published harnesses: a manager's list, a process for the program, an alarm in it."""
    with multiprocessing.Manager() as manager:
        results = manager.list()
        process = multiprocessing.Process(target=under_alarm, args=(row, results))
        process.start()
        process.join(row.limit + 1)
        if process.is_alive():
            process.kill()
            process.join()
        return bool(results and results[0])


def in_fork(row):
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(row.limit), int(row.limit)))
        run_text(row.program)
    return os.waitpid(pid, 0)[1] == 0


NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
CLONE = ctypes.c_long({"x86_64": 56, "aarch64": 220}.get(os.uname().machine, -1))
libc = ctypes.PyDLL(None, use_errno=True)


def enter_namespaces():
    """What a worker of the sandbox shares between its programs; the rest is new for each clone."""
    if libc.unshare(NEWNS | NEWUTS | NEWNET | (NEWUSER if os.geteuid() else 0)) < 0:
        raise OSError(ctypes.get_errno(), "unshare: " + os.strerror(ctypes.get_errno()))


def clone():
    pid = libc.syscall(CLONE, ctypes.c_ulong(NEWPID | NEWIPC | signal.SIGCHLD), None, None, None, None)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone: " + os.strerror(ctypes.get_errno()))
    return pid


def in_clone(row):
    pid = clone()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(row.limit), int(row.limit)))
        run_text(row.program)
    return os.waitpid(pid, 0)[1] == 0


def empty_clone(row):
    pid = clone()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


# ---------------------------------------------------------------------------------------------------------
# Peers, each from a checkout of it.


def human_eval(checkout):
    """check_correctness, with the line that runs the program active, as its README asks the user to make it."""
    path = os.path.join(checkout, "human_eval", "execution.py")
    with open(path) as file:
        source = re.sub(r"(?m)^(\s*)# *(exec\(check_program)", r"\1\2", file.read())
    module = types.ModuleType("human_eval.execution")
    exec(compile(source, path, "exec"), module.__dict__)

    def check(row):
        problem = {"task_id": "0", "prompt": "", "test": row.test, "entry_point": row.entry}
        return module.check_correctness(problem, row.code, row.limit)["passed"]

    return check


def evalplus(checkout):
    sys.path.insert(0, checkout)
    from evalplus.eval import PASS, untrusted_check

    def check(row):
        times = [row.limit] * len(row.calls)
        options = dict(atol=0, ref_time=times, fast_check=True, min_time_limit=row.limit, gt_time_limit_factor=1.0)
        return untrusted_check("", row.code, row.calls, row.entry, row.expected, **options)[0] == PASS

    return check


def sandbox_fusion(checkout):
    """The runner of Python programs as its server calls it, isolation `none`."""
    sys.path.insert(0, checkout)
    from sandbox.runners import base, types as kinds

    if base.config.sandbox.isolation != "none":
        raise OSError("its configuration asks for isolation " + base.config.sandbox.isolation)
    async def run(row):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program.py")
            with open(path, "w") as file:
                file.write(row.program)
            arguments = kinds.CodeRunArgs(code="", run_timeout=row.limit)
            done = (await base.run_commands(None, "%s %s" % (sys.executable, path), folder, {}, arguments)).run_result
        return done.status == kinds.CommandRunStatus.Finished and done.return_code == 0

    return run


# ---------------------------------------------------------------------------------------------------------
# Lanes: N programs in flight, each lane taking the next row.


def work(check, rows, end, take, done):
    for i in take:
        if i >= len(rows) and end is None or end is not None and time.monotonic() >= end:
            return
        started = time.perf_counter()
        passed = check(rows[i % len(rows)])
        done.append((i % len(rows), passed, round((time.perf_counter() - started) * 1e3, 4)))


def threads(check, rows, lanes, end):
    done, take = [], itertools.count()
    running = [threading.Thread(target=work, args=(check, rows, end, take, done)) for _ in range(lanes)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return done


def processes(check, rows, lanes, end, prepare=lambda: None):
    """Lanes of a process each, for what forks: threads would wait for each other inside the interpreter."""
    shared = multiprocessing.Value("q", 0)

    def take():
        while True:
            with shared.get_lock():
                i = shared.value
                shared.value += 1
            yield i

    readers = []
    for _ in range(lanes):
        reader, writer = os.pipe()
        if os.fork() == 0:
            done = []
            try:
                prepare()
                work(check, rows, end, take(), done)
            finally:
                with os.fdopen(writer, "w") as file:
                    json.dump(done, file)
                os._exit(0)
        os.close(writer)
        readers.append(os.fdopen(reader))
    done = [item for reader in readers for item in json.load(reader)]
    for reader in readers:
        reader.close()
        os.wait()
    return done


def cloning(check, rows, lanes, end):
    return processes(check, rows, lanes, end, enter_namespaces)


def coroutines(check, rows, lanes, end):
    import asyncio

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return threads(lambda row: asyncio.run_coroutine_threadsafe(check(row), loop).result(), rows, lanes, end)


RUNNERS = {
    "python -I -S": (lambda: in_subprocess, threads),
    "manager": (lambda: in_managed_process, threads),
    "fork": (lambda: in_fork, processes),
    "clone": (lambda: in_clone, cloning),
    "empty clone": (lambda: empty_clone, cloning),
    "human-eval": (human_eval, threads),
    "evalplus": (evalplus, processes),
    "sandboxfusion": (sandbox_fusion, coroutines),
}


def serve(request, check, run):
    rows = [Row(row, request["limit_seconds"]) for row in request["rows"]]
    seconds, started = request["seconds"], time.monotonic()
    checks = run(check, rows, request["lanes"], None if seconds is None else started + seconds)
    return {"seconds": time.monotonic() - started, "checks": checks}


def main():
    answers = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # what programs and peers print is not an answer
    os.dup2(null, 2)
    libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: what a runner leaves behind stays countable below here

    def say(text):
        answers.write(text)
        answers.flush()

    try:
        make, run = RUNNERS[sys.argv[1]]
        check = make(*sys.argv[2:])
        if run is cloning and not cloning(empty_clone, [None], 1, None):
            raise OSError("this machine allows no namespaces")
    except Exception as error:
        say(json.dumps({"error": "%s: %s" % (type(error).__name__, error)}) + "\n")
        return
    say('{"error": null}\n')
    for line in sys.stdin:
        server = os.fork()
        if server == 0:
            say(json.dumps(serve(json.loads(line), check, run)))
            return  # and not _exit: what a peer cleans up at exit is not left over
        if os.waitpid(server, 0)[1]:
            sys.exit(1)
        say("\n")  # only now, when all its CPU time counts as this process's


main()
