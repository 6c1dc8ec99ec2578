# outcome: FORBIDDEN
# weakest: FILTER_ONLY
import socket
def f(x): socket.create_connection(("127.0.0.1", 80), 1)
