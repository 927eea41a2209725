"""Runs a command and writes, as JSON, the CPU seconds and the peak memory of it: `python clock.py RESULT COMMAND...`."""

import json
import os
import resource
import subprocess
import sys

threads = int(os.environ["BENCH_THREADS"])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
code = subprocess.call(sys.argv[2:], stdout=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    factor = 1 if sys.platform == "darwin" else 1024
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * factor}, file)
sys.exit(code)
