"""One of the rivals that io.atomforge.jobs.TrainBenchmark measures: trains the checkpoint in a folder on
the rows of its batch.json, the same batch at every step, a few steps at a time.

Run: python train_benchmark.py FOLDER sdpa|eager|trl fp32|bf16. Each line of standard input is a number of
steps; the answer is a line {"seconds", "cpu_seconds", "losses"}. sdpa and eager are transformers with that
attention in a plain PyTorch loop, trl is its SFTTrainer; bf16 is autocast. Made with torch 2.15.0,
transformers 4.55.4 and trl 0.22.2.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM

LEARNING_RATE, BETAS, DECAY, MAX_NORM = 1e-3, (0.9, 0.95), 0.1, 1.0
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print is no answer


class Pace:
    """Waits for a number of steps to take, and answers when they are taken."""

    def __init__(self):
        self.left = 0
        self.losses = None

    def before_step(self):
        """Returns whether there is a step to take."""
        if self.left == 0:
            if self.losses is not None:
                losses = [float(loss) for loss in self.losses]
                seconds = time.perf_counter() - self.wall, time.process_time() - self.cpu
                print(json.dumps(dict(seconds=seconds[0], cpu_seconds=seconds[1], losses=losses)), file=answers, flush=True)
            line = sys.stdin.readline()
            self.left = int(line or 0)
            self.losses = []
            self.wall, self.cpu = time.perf_counter(), time.process_time()
        self.left -= 1
        return self.left >= 0


def plain(model, rows, bf16, pace):
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [dict(params=decayed, weight_decay=DECAY), dict(params=others, weight_decay=0.0)],
        lr=LEARNING_RATE, betas=BETAS, fused=True)
    ids = torch.tensor(rows)
    while pace.before_step():
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        optimizer.zero_grad()
        pace.losses.append(loss.detach())


def trl(model, rows, bf16, pace, folder):
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from torch.utils.data import SequentialSampler
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Paced(TrainerCallback):
        def on_step_begin(self, args, state, control, **unused):
            if not pace.before_step():
                os._exit(0)

    class InOrder(SFTTrainer):
        def _get_train_sampler(self, *unused):
            return SequentialSampler(self.train_dataset)

        def compute_loss(self, *arguments, **named):
            result = super().compute_loss(*arguments, **named)
            loss = (result[0] if isinstance(result, tuple) else result).detach()
            # it divides by all tokens, although nothing predicts the first of a row
            pace.losses.append(loss * len(rows[0]) / (len(rows[0]) - 1))
            return result

    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), eos_token="e", pad_token="p")
    arguments = SFTConfig(
        output_dir=folder / "trl", per_device_train_batch_size=len(rows), max_steps=1000, use_cpu=True, bf16=bf16,
        learning_rate=LEARNING_RATE, adam_beta1=BETAS[0], adam_beta2=BETAS[1], weight_decay=DECAY,
        max_grad_norm=MAX_NORM, lr_scheduler_type="constant", optim="adamw_torch_fused", save_strategy="no",
        report_to=[], disable_tqdm=True, logging_strategy="no", gradient_checkpointing=False, max_length=None)
    trainer = InOrder(
        model=model, args=arguments, processing_class=tokenizer, callbacks=[Paced()],
        train_dataset=Dataset.from_dict(dict(input_ids=rows * 1000)))
    trainer.train()


def main():
    folder, kind, precision = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    rows = json.loads((folder / "batch.json").read_text())
    attention = "sdpa" if kind == "trl" else kind
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation=attention).train()
    if kind == "trl":
        trl(model, rows, precision == "bf16", Pace(), folder)
    else:
        plain(model, rows, precision == "bf16", Pace())


main()
