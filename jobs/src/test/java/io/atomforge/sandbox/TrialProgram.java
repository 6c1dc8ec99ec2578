package io.atomforge.sandbox;

import io.atomforge.value.Equality;
import java.util.List;
import java.util.Set;

/**
 * A small program with the outcomes that are right for it, for the long trials of the sandbox. The
 * corpus of the tests is larger; this one is chosen to be quick.
 */
record TrialProgram(String name, String code, Set<Outcome> right) {
  /** Tight, so that a trial of many hostile programs ends in time. */
  static final Limits LIMITS = new Limits(0.2, 128, 64);

  /** Each returns the square of its argument. */
  static final List<TrialProgram> HONEST =
      List.of(
          honest("plain", "def f(x):\n  return x * x"),
          honest("comprehension", "def f(x):\n  return sum([x for _ in range(x)])"),
          honest(
              "recursion", "def f(x, n=None):\n  return 0 if n == 0 else x + f(x, (n or x) - 1)"),
          honest(
              "standard library",
              "import re, json, math, heapq, bisect, functools\n"
                  + "def f(x):\n"
                  + "  return json.loads(json.dumps(int(re.match('\\\\d+', str(x * x))[0])))"),
          honest(
              "cold imports",
              "import csv, hashlib, textwrap, uuid, zlib, asyncio\n"
                  + "def f(x):\n  return len(zlib.decompress(zlib.compress(b'x' * (x * x))))"),
          honest(
              "classes",
              "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass P:\n"
                  + "  x: int\ndef f(x):\n  return P(x).x ** 2"),
          honest(
              "decimals",
              "from decimal import Decimal\nfrom fractions import Fraction\n"
                  + "def f(x):\n  return int(Decimal(x) * Fraction(x, 1).numerator)"),
          honest(
              "threads",
              "import threading\n"
                  + "def f(x):\n"
                  + "  out = []\n"
                  + "  t = threading.Thread(target=lambda: out.append(x * x))\n"
                  + "  t.start(); t.join()\n"
                  + "  return out[0]"),
          honest(
              "exceptions",
              "def f(x):\n  try:\n    raise KeyError(x)\n"
                  + "  except KeyError as e:\n    return e.args[0] ** 2"),
          honest(
              "generators",
              "import itertools\ndef f(x):\n"
                  + "  return sum(itertools.islice(itertools.repeat(x), x))"),
          honest("printing", "def f(x):\n  print('x' * 1000)\n  return x * x"),
          honest("memory", "def f(x):\n  return len(bytearray(40 << 20)) // (40 << 20) * x * x"));

  /** One of each way to use up, to leave something behind, or to break out. */
  static final List<TrialProgram> HOSTILE =
      List.of(
          new TrialProgram("loop", "def f(x):\n  while True: pass", Set.of(Outcome.TIMEOUT)),
          new TrialProgram(
              "memory",
              "def f(x):\n  a = []\n  while True: a.append(bytearray(1 << 20))",
              Set.of(Outcome.MEMORY_LIMIT)),
          new TrialProgram(
              "output", "def f(x):\n  while True: print('x' * 1000)", Set.of(Outcome.OUTPUT_LIMIT)),
          new TrialProgram(
              "processes",
              "import os\ndef f(x):\n  while True: os.fork()",
              Set.of(Outcome.FORBIDDEN, Outcome.RUNTIME_ERROR)),
          new TrialProgram(
              "threads",
              "import threading, time\ndef f(x):\n  while True: "
                  + "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
              Set.of(Outcome.RUNTIME_ERROR, Outcome.MEMORY_LIMIT, Outcome.TIMEOUT)),
          new TrialProgram(
              "files",
              "def f(x):\n"
                  + "  while True:\n"
                  + "    i = len(A)\n"
                  + "    A.append(open('/tmp/%d' % i, 'w')); A[-1].write('x' * 10000);"
                  + " A[-1].flush()\n"
                  + "A = []",
              Set.of(Outcome.RUNTIME_ERROR, Outcome.OUTPUT_LIMIT, Outcome.FORBIDDEN)),
          new TrialProgram(
              "exit", "import os\ndef f(x):\n  os._exit(0)", Set.of(Outcome.RUNTIME_ERROR)),
          new TrialProgram(
              "crash",
              "import ctypes\ndef f(x):\n  ctypes.string_at(0)",
              Set.of(Outcome.RUNTIME_ERROR, Outcome.FORBIDDEN)),
          new TrialProgram(
              "network",
              "import socket\ndef f(x):\n  socket.socket()",
              Set.of(Outcome.FORBIDDEN, Outcome.RUNTIME_ERROR)),
          new TrialProgram(
              "parent",
              "import os, signal\ndef f(x):\n  os.kill(os.getppid(), 9)\n" + "  os.kill(-1, 9)",
              Set.of(Outcome.FORBIDDEN, Outcome.RUNTIME_ERROR)));

  private static TrialProgram honest(String name, String code) {
    return new TrialProgram(name, code, Set.of(Outcome.PASSED));
  }

  /** Null if the program ends right when called with {@code argument}, else what it did instead. */
  String wrong(Sandbox sandbox, int argument, Limits limits) {
    Call call = new Call("[" + argument + "]");
    String square = Long.toString((long) argument * argument);
    Verdict verdict =
        sandbox.judge(
            code,
            new Tests.Calls("f", List.of(new Tests.Calls.Case(call, square))),
            new JudgeOptions(limits, Equality.DEFAULT, Program.AfterFailure.GO_ON));
    return right.contains(verdict.outcome())
        ? null
        : name + " with " + argument + ": " + verdict.outcome() + " " + verdict.detail();
  }
}
