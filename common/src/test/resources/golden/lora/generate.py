"""Writes adapter_config.json, adapter_model.safetensors and golden.safetensors beside this file.

Run: python generate.py (made with torch 2.15.0, transformers 4.55.4, peft 0.21.2). The base is the
folder ../model/qwen2_untied, the batch is that of its golden.json. golden.safetensors holds the log
probabilities of the targets, the gradient of the weighted loss with respect to each adapter, and
the merged weights.
"""

import json
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

torch.set_num_threads(1)
torch.manual_seed(21)
here = Path(__file__).parent
base = here.parent / "model" / "qwen2_untied"
golden = json.loads((base / "golden.json").read_text())
model = get_peft_model(AutoModelForCausalLM.from_pretrained(base).float().eval(), LoraConfig(
    r=3, lora_alpha=12, target_modules=["q_proj", "v_proj", "down_proj"], lora_dropout=0.0,
    bias="none", task_type="CAUSAL_LM"))
with torch.no_grad():
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.copy_(0.2 * torch.randn_like(parameter))
model.peft_config["default"].base_model_name_or_path = "base"
model.save_pretrained(here)
(here / "README.md").unlink(missing_ok=True)

tokens = torch.tensor(golden["tokens"]).view(golden["rows"], golden["length"])
logits = model(tokens).logits.reshape(tokens.numel(), -1)[golden["positions"]]
chosen = torch.log_softmax(logits / golden["temperature"], -1)
chosen = chosen.gather(1, torch.tensor(golden["targets"])[:, None])[:, 0]
(-(torch.tensor(golden["weights"]) * chosen).sum()).backward()
tensors = {"log_probs": chosen.detach().contiguous()}
for name, parameter in model.named_parameters():
    if parameter.requires_grad:
        tensors["gradient." + name.replace(".default", "")] = parameter.grad.clone()
merged = model.merge_and_unload()
tensors |= {"merged." + name: p.detach().clone() for name, p in merged.named_parameters()}
save_file(tensors, here / "golden.safetensors")
