"""A plain loop that composes functions into problems, as a yardstick for SynthesisBenchmark.

Reads the atoms as JSON from standard input. Each candidate is a random walk of two or three atoms
whose types fit, written as inline code, as wiring, and as an English and a Chinese prompt. The
second figure adds what generators of this kind do for the expected value: the wiring is compiled and
called once, with the atoms already in scope.
"""

import json
import random
import re
import sys
import time

atoms = json.load(sys.stdin)
count = int(sys.argv[1])
place = re.compile(r"\{(\w+)\}")


def walk(rng):
    chain = [rng.choice(atoms)]
    length = rng.randint(2, 3)
    while len(chain) < length:
        last = chain[-1]
        options = [a for a in atoms if a is not last and a["params"][0][1] == last["returns"]]
        if not options:
            chain = [rng.choice(atoms)]
            continue
        chain.append(rng.choice(options))
    return chain


def render(rng):
    chain = walk(rng)
    inputs = [chain[0]["params"][0][0]]
    lines, english, chinese = [], [], []
    value = inputs[0]
    for i, atom in enumerate(chain):
        arguments = [value]
        for name, _ in atom["params"][1:]:
            if rng.random() < 0.5:
                fresh = f"{name}{i}"
                inputs.append(fresh)
                arguments.append(fresh)
            else:
                arguments.append(str(rng.randint(1, 9)))
        words = dict(zip([p[0] for p in atom["params"]], arguments))
        if i > 0:
            words[atom["params"][0][0]] = "the result"
        english.append(place.sub(lambda m: words.get(m.group(1), m.group(0)), atom["prompt_en"]))
        if i > 0:
            words[atom["params"][0][0]] = "上一步的结果"
        chinese.append(place.sub(lambda m: words.get(m.group(1), m.group(0)), atom["prompt_zh"]))
        lines.append(f"    x = {atom['name']}({', '.join(arguments)})")
        value = "x"
    head = f"solve({', '.join(inputs)})"
    call = f"def {head}:\n" + "\n".join(lines) + "\n    return x\n"
    inline = "\n\n\n".join(dict.fromkeys(a["code"] for a in chain)) + "\n\n\n" + call
    return inline, call, f"Write {head} to " + ", then ".join(english) + ".", f"编写函数 {head}：先" + "，再".join(chinese) + "。"


def measure(name, each, repeats):
    rng = random.Random(17)
    started = time.process_time()
    for _ in range(repeats):
        each(rng)
    print(f"{name}\t{repeats / (time.process_time() - started)}")


scope = {}
for atom in atoms:
    exec(atom["code"], scope)


def render_and_run(rng):
    call = render(rng)[1]
    exec(call, scope)
    try:
        scope["solve"](*[3] * scope["solve"].__code__.co_argcount)
    except Exception:
        pass  # the argument has the wrong type: the time of the attempt counts


measure("rendering alone", render, count)
measure("rendering and running once", render_and_run, count // 4)
