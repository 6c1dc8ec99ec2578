"""Writes scalars.tfevents beside this file with TensorBoard's own record writer.

Run: python generate.py (made with tensorboard 2.21.0).
"""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

SCALARS = [("train/loss", 0, 7.25), ("train/loss", 1, 2.5), ("actor/lr", 300, 1e-3), ("naïve", 1 << 40, -1e30)]

with open(Path(__file__).parent / "scalars.tfevents", "wb") as file:
    writer = RecordWriter(file)
    writer.write(Event(wall_time=1.5, file_version="brain.Event:2").SerializeToString())
    for tag, step, value in SCALARS:
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
        event = Event(wall_time=1700000000.25 + step, step=step, summary=summary)
        writer.write(event.SerializeToString())
