# outcome: OUTPUT_LIMIT | WRONG_ANSWER
# weakest: PROCESS
# calls: [2] | [3]
# expected: "" | ""
def f(x): return "x" * 40000
