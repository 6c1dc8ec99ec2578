"""A plain loop that composes functions into problems, as a yardstick for SynthesisBenchmark.

Reads atoms and templates as JSON from standard input. Candidate i depends on the seed and i alone. It is a random
walk of two or three atoms whose types fit, parameters free or bound to a literal of their type, written as inline
code with the imports first, as wiring, and as an English and a Chinese prompt. The second figure adds what generators
of this kind do for the expected value: the wiring is compiled and called once, with the atoms already in scope.
"""

import json
import random
import re
import string
import sys
import time

given = json.load(sys.stdin)
atoms = given["atoms"]
count = int(sys.argv[1])
place = re.compile(r"\{(\w+)\}")
letters = string.ascii_letters + string.digits


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


def literal(kind, rng):
    if kind == "int":
        return rng.randint(-20, 20)
    if kind == "float":
        return round(rng.uniform(-20, 20), 2)
    if kind == "bool":
        return rng.random() < 0.5
    if kind.startswith("list["):
        return [literal(kind[5:-1], rng) for _ in range(rng.randint(0, 8))]
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, 12)))


def prompt(clauses, head, template):
    opening, first, following, last, close = template
    text = opening.replace("%s", head)
    for i, clause in enumerate(clauses):
        text += (first if i == 0 else last if i == len(clauses) - 1 else following) + clause
    return text + close


def render(index):
    rng = random.Random("%d/%d" % (17, index))
    chain = walk(rng)
    english_words, chinese_words = rng.choice(given["english"]), rng.choice(given["chinese"])
    inputs = []
    lines, english, chinese = [], [], []
    value = None
    for i, atom in enumerate(chain):
        words = {}
        for p, (name, kind) in enumerate(atom["params"]):
            if p == 0 and i > 0:
                words[name] = value
            elif p > 0 and rng.random() < 0.5:
                words[name] = repr(literal(kind, rng))
            else:
                fresh, n = name, 2
                while fresh in inputs:
                    fresh, n = name + str(n), n + 1
                inputs.append(fresh)
                words[name] = fresh
        lines.append(f"    x = {atom['name']}({', '.join(words.values())})")
        said = {name: f"`{word}`" if word in inputs else word for name, word in words.items()}
        for clauses, text, result in (
            (english, atom["prompt_en"], english_words[5]),
            (chinese, atom["prompt_zh"], chinese_words[5]),
        ):
            if i > 0:
                said[atom["params"][0][0]] = result
            clauses.append(place.sub(lambda m: said.get(m.group(1), m.group(0)), text))
        value = "x"
    head = f"solve({', '.join(inputs)})"
    call = f"def {head}:\n" + "\n".join(lines) + "\n    return x\n"
    imports, functions = {}, {}
    for atom in chain:
        before, definition, function = atom["code"].rpartition("def " + atom["name"])
        imports.update(dict.fromkeys(line for line in before.split("\n") if line))
        functions[definition + function] = True
    inline = "\n".join(imports) + "\n\n\n" + "\n\n\n".join(functions) + "\n\n\n" + call
    return inline, call, prompt(english, head, english_words[:5]), prompt(chinese, head, chinese_words[:5])


def measure(name, each, repeats):
    started = time.process_time()
    for index in range(repeats):
        each(index)
    print(f"{name}\t{repeats / (time.process_time() - started)}")


scope = {}
for atom in atoms:
    exec(atom["code"], scope)


def render_and_run(index):
    call = render(index)[1]
    exec(call, scope)
    try:
        scope["solve"](*[3] * scope["solve"].__code__.co_argcount)
    except Exception:
        pass  # the argument has the wrong type: the time of the attempt counts


measure("rendering alone", render, count)
measure("rendering and running once", render_and_run, count // 4)
