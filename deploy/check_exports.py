"""Loads files of Export with the libraries they are for: check_exports.py FOLDER.

FOLDER holds verl, trl, messages, kodcode and humaneval, each as .jsonl and .parquet. Needs datasets and trl; exits 1
at the first thing that is not as those projects read it. Downloads nothing: the tokenizer is made on the spot.
"""

import json
import math
import os
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_CACHE"] = tempfile.mkdtemp()

from datasets import load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl.data_utils import apply_chat_template, is_conversational

TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% if m['role'] == 'assistant' %}</s>{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def load(folder, name):
    """The rows of a format, which its two kinds of file agree on."""
    as_json = load_dataset("json", data_files=f"{folder}/{name}.jsonl", split="train")
    as_parquet = load_dataset("parquet", data_files=f"{folder}/{name}.parquet", split="train")
    assert as_json.num_rows == as_parquet.num_rows > 0, name
    assert set(as_json.column_names) <= set(as_parquet.column_names), (name, as_json.column_names)
    for a, b in zip(as_json, as_parquet):
        assert all(a[column] == b[column] for column in as_json.column_names), (name, a, b)
    return as_parquet


def check_trl(folder):
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"?": 0}, unk_token="?")))
    tokenizer.chat_template = TEMPLATE
    for row in load(folder, "trl"):
        example = {"prompt": row["prompt"], "completion": row["completion"]}
        assert is_conversational(example)
        text = apply_chat_template(example, tokenizer)
        assert text["prompt"] == f"<|user|>{row['prompt'][0]['content']}<|assistant|>", text
        assert text["completion"] == f"{row['completion'][0]['content']}</s>", text
    for row in load(folder, "messages"):
        assert [m["role"] for m in row["messages"]] == ["user", "assistant"]
        assert apply_chat_template({"messages": row["messages"]}, tokenizer)["text"].endswith("</s>")


def check_sft_trainer(folder):
    """TRL's own preparation, prompt masked and completion learned, and two steps of its training."""
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl import SFTConfig, SFTTrainer

    words = Tokenizer(models.WordLevel({"?": 0, "</s>": 1, "<pad>": 2}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="</s>", pad_token="<pad>")
    tokenizer.chat_template = TEMPLATE
    shape = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=3, **shape))
    rows = load(folder, "trl")
    with tempfile.TemporaryDirectory() as out:
        settings = SFTConfig(
            output_dir=out, report_to=[], use_cpu=True, max_length=None, bf16=False, max_steps=2, per_device_train_batch_size=4
        )
        trainer = SFTTrainer(model, settings, train_dataset=rows, processing_class=tokenizer)
        prepared = trainer.train_dataset
        loss = trainer.train().training_loss
    assert math.isfinite(loss), loss
    assert prepared.num_rows == rows.num_rows
    for row in prepared:
        learned = [label != -100 for label in row["labels"]]
        assert sorted(set(learned)) == [False, True] and learned == sorted(learned), row


def check_verl(folder):
    """The columns that verl's RLHFDataset reads, and a rule that calls the function as its prime_code does."""
    solutions = {row["problem_id"]: row["solution"] for row in load(folder, "kodcode")}
    for row in load(folder, "verl"):
        assert isinstance(row["data_source"], str) and row["ability"] == "code"
        assert all(set(m) == {"role", "content"} for m in row["prompt"])
        assert row["reward_model"]["style"] == "rule"
        assert isinstance(row["extra_info"]["index"], int) and row["extra_info"]["split"] in ("train", "validation", "test")
        truth = json.loads(row["reward_model"]["ground_truth"])
        scope = {}
        exec(solutions[row["problem_id"]], scope)
        for given, expected in zip(truth["inputs"], truth["outputs"], strict=True):
            arguments = [json.loads(line) for line in given.split("\n")]
            assert scope[truth["fn_name"]](*arguments) == json.loads(expected), (row, given)


def check_kodcode(folder):
    """Each test module runs beside its solution, as pytest would run it."""
    import types

    for row in load(folder, "kodcode"):
        assert row["question"] and row["test_info"][0]["function_name"] == "solve"
        assert row["gpt_pass_percentage"] is None or 0 <= row["gpt_pass_percentage"] <= 1
        solution = types.ModuleType("solution")
        exec(row["solution"], solution.__dict__)
        sys.modules["solution"] = solution
        tests = {}
        exec(row["test"], tests)
        found = [f for name, f in tests.items() if name.startswith("test_")]
        assert found
        for test in found:
            test()


def check_humaneval(folder):
    """As human_eval's execution.py puts a program together."""
    for row in load(folder, "humaneval"):
        program = f"{row['prompt']}{row['canonical_solution']}\n{row['test']}\ncheck({row['entry_point']})"
        exec(program, {})


if __name__ == "__main__":
    for check in (check_trl, check_sft_trainer, check_verl, check_kodcode, check_humaneval):
        check(sys.argv[1])
        print(check.__name__, "ok")
