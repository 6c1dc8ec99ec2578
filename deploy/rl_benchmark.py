"""The other side of io.atomforge.jobs.RlBenchmark: Hugging Face's generate and TRL's GRPOTrainer on the same weights.

Usage: rl_benchmark.py FOLDER generate|grpo float32|bfloat16 PROMPTS GENERATIONS TOKENS
FOLDER holds model/, a checkpoint with its tokenizer, and prompts.json, the token ids of each prompt. Every line on standard
input asks for one measurement and is answered by a line of JSON. One thread, which costs the fewest core-seconds.
"""

import json
import os
import sys
import time
import warnings

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print must not stand between the answers
os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import torch  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

torch.set_num_threads(1)
FOLDER, MODE, DTYPE = sys.argv[1], sys.argv[2], getattr(torch, sys.argv[3])
PROMPTS, GENERATIONS, TOKENS = map(int, sys.argv[4:7])


def answer(**values):
    answers.write(json.dumps(values) + "\n")
    answers.flush()


def generate():
    model = AutoModelForCausalLM.from_pretrained(FOLDER + "/model", dtype=DTYPE).eval()
    prompts = torch.tensor(json.load(open(FOLDER + "/prompts.json")))
    fixed = dict(max_new_tokens=TOKENS, min_new_tokens=TOKENS, pad_token_id=0, eos_token_id=1)
    answer(ready=True)
    for line in sys.stdin:
        batch = int(line)
        if batch == 0:
            rows = model.generate(prompts, attention_mask=torch.ones_like(prompts), do_sample=False,
                                  max_new_tokens=TOKENS, pad_token_id=0, eos_token_id=None)
            answer(tokens=rows[:, prompts.shape[1]:].tolist())
            continue
        rows = prompts.repeat_interleave(GENERATIONS, 0).repeat(batch // (GENERATIONS * len(prompts)) + 1, 1)[:batch]
        cpu, wall = time.process_time(), time.monotonic()
        out = model.generate(rows, attention_mask=torch.ones_like(rows), do_sample=True, temperature=1.0, top_k=0, **fixed)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        assert out.shape[1] == rows.shape[1] + TOKENS
        answer(cpu=cpu, wall=wall, tokens=batch * TOKENS)


def grpo():
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    class Steps(TrainerCallback):
        def on_step_begin(self, args, state, control, **kwargs):
            if state.global_step == 0:
                answer(ready=True)
            if not sys.stdin.readline():
                os._exit(0)
            self.cpu, self.wall = time.process_time(), time.monotonic()

        def on_step_end(self, args, state, control, **kwargs):
            answer(cpu=time.process_time() - self.cpu, wall=time.monotonic() - self.wall,
                   tokens=PROMPTS * GENERATIONS * TOKENS)

    tokenizer = AutoTokenizer.from_pretrained(FOLDER + "/model", model_input_names=["input_ids", "attention_mask"])
    texts = [tokenizer.decode(ids) for ids in json.load(open(FOLDER + "/prompts.json"))]
    config = GRPOConfig(
        output_dir=FOLDER + "/trl", use_cpu=True, bf16=DTYPE == torch.bfloat16, report_to=[], save_strategy="no",
        logging_strategy="no", disable_tqdm=True, per_device_train_batch_size=PROMPTS * GENERATIONS,
        num_generations=GENERATIONS, max_completion_length=TOKENS, temperature=1.0,
        generation_kwargs=dict(min_new_tokens=TOKENS), beta=0.01, loss_type="grpo", learning_rate=1e-4, max_steps=1000,
        gradient_checkpointing=False)
    trainer = GRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(FOLDER + "/model"), args=config, processing_class=tokenizer,
        train_dataset=Dataset.from_dict({"prompt": texts * 1000}), callbacks=[Steps()],
        reward_funcs=lambda completions, **kwargs: [float(len(c) % 2) for c in completions])
    trainer.train()


{"generate": generate, "grpo": grpo}[MODE]()
