# outcome: RUNTIME_ERROR
# weakest: PROCESS
f = 4
