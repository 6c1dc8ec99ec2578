# outcome: TIMEOUT
# weakest: PROCESS
while True: pass
