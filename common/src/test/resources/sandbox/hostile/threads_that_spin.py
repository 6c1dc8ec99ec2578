# outcome: TIMEOUT
# weakest: PROCESS
import hashlib, threading
def spin():
    data = bytes(1 << 22)
    while True: hashlib.sha256(data).digest()
def f(x):
    for _ in range(4): threading.Thread(target=spin).start()
    spin()
