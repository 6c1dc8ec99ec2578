# outcome: OUTPUT_LIMIT | FORBIDDEN
def f(x):
    with open("a", "wb") as file:
        while True: file.write(bytes(1 << 16))
