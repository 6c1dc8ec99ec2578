# outcome: RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
import threading
def f(x):
    while True: threading.Thread(target=threading.Event().wait, daemon=True).start()
