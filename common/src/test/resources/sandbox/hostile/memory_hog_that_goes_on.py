# outcome: WRONG_ANSWER
# weakest: PROCESS
def f(x):
    try: a = bytearray(1 << 40)
    except MemoryError: return 0
