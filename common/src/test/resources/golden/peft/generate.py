"""Writes the adapters of the folders named in ADAPTERS beside this file, each as PEFT saves it.

Run: python generate.py (made with torch 2.15.0, transformers 4.55.4, peft 0.21.2). The base is the
folder ../model/qwen2_untied, the batch is that of its golden.json. golden.safetensors in each folder
holds the log probabilities of the targets of the adapted model as PEFT computes it.
"""

import json
import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # save_pretrained would ask for the config of "model"

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

torch.set_num_threads(1)
HERE = Path(__file__).parent
BASE = HERE.parent / "model" / "qwen2_untied"
GOLDEN = json.loads((BASE / "golden.json").read_text())
EVERY = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTERS = {
    "patterns": dict(
        target_modules=EVERY, rank_pattern={"down_proj": 4, "layers.1.self_attn.q_proj": 1},
        alpha_pattern={r"layers\.\d+\.mlp\.up_proj": 2, "1.self_attn.q_proj": 9}),
    "saved_modules": dict(
        target_modules=["q_proj", "lm_head"], modules_to_save=["embed_tokens", "norm"],
        use_rslora=True),
    "some_layers": dict(target_modules=EVERY, layers_to_transform=[1]),
}


def write(folder: Path, seed: int, settings: dict) -> None:
    torch.manual_seed(seed)
    base = AutoModelForCausalLM.from_pretrained(BASE).float().eval()
    model = get_peft_model(base, LoraConfig(r=3, lora_alpha=12, task_type="CAUSAL_LM", **settings))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.add_(0.2 * torch.randn_like(parameter))
    model.peft_config["default"].base_model_name_or_path = "model"
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    base = AutoModelForCausalLM.from_pretrained(BASE).float().eval()
    model = PeftModel.from_pretrained(base, folder).eval()
    tokens = torch.tensor(GOLDEN["tokens"]).view(GOLDEN["rows"], GOLDEN["length"])
    logits = model(tokens).logits.reshape(tokens.numel(), -1)[GOLDEN["positions"]]
    chosen = torch.log_softmax(logits / GOLDEN["temperature"], -1)
    chosen = chosen.gather(1, torch.tensor(GOLDEN["targets"])[:, None])[:, 0]
    save_file({"log_probs": chosen.detach().contiguous()}, folder / "golden.safetensors")


for number, (name, settings) in enumerate(ADAPTERS.items()):
    write(HERE / name, 31 + number, settings)
