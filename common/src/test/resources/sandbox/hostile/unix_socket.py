# outcome: FORBIDDEN
import socket
def f(x): socket.socket(socket.AF_UNIX).connect("\0probe")
