"""Writes the folders named in MODELS beside this file from PyTorch and transformers.

Run: python generate.py (made with torch 2.15.0, transformers 4.55.4, safetensors). Every value is
fp32 on the processor. Each folder is a checkpoint as transformers saves it, plus golden.json and
golden.safetensors: log probabilities, entropies, loss, gradient of every parameter, greedy tokens,
and the parameters after two AdamW steps on once and twice that gradient. "sharded" is a checkpoint
alone.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM,
    Qwen3Config, Qwen3ForCausalLM)

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
ROWS, LENGTH, VOCABULARY = 3, 11, 29
LENGTHS = [11, 7, 9]
TEMPERATURE = 0.7
ADAMW = dict(lr=0.01, betas=(0.9, 0.95), eps=1e-8)
DECAY, MAX_NORM, DIVISOR = 0.1, 0.5, 7.0
LLAMA3 = dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=4.0)
LLAMA, QWEN2 = (LlamaConfig, LlamaForCausalLM), (Qwen2Config, Qwen2ForCausalLM)
QWEN3, MISTRAL = (Qwen3Config, Qwen3ForCausalLM), (MistralConfig, MistralForCausalLM)
MODELS = {  # folder: seed, architecture, tied, more keys of the config
    "tied": (11, LLAMA, True, {}),
    "untied": (12, LLAMA, False, {}),
    "llama3": (13, LLAMA, True, dict(head_dim=8, rope_scaling=LLAMA3)),
    "qwen2_tied": (14, QWEN2, True, dict(rope_scaling=dict(rope_type="linear", factor=2.0))),
    "qwen2_untied": (15, QWEN2, False, dict(rope_scaling=YARN)),
    "qwen3_tied": (16, QWEN3, True, dict(head_dim=6)),
    "qwen3_untied": (17, QWEN3, False, dict(head_dim=8, rope_scaling=YARN)),
    "mistral_untied": (18, MISTRAL, False, dict(head_dim=6, sliding_window=4)),
}


def write(folder: Path, seed: int, architecture: tuple, tied: bool, more: dict) -> None:
    torch.manual_seed(seed)
    config_class, model_class = architecture
    config = config_class(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=20, vocab_size=VOCABULARY, max_position_embeddings=64, rms_norm_eps=1e-5,
        rope_theta=500.0, tie_word_embeddings=tied, initializer_range=0.3, bos_token_id=0,
        eos_token_id=1, pad_token_id=2, **more)
    model = model_class(config).float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    tokens = torch.randint(3, VOCABULARY, (ROWS, LENGTH))
    positions, targets = [], []
    for row, length in enumerate(LENGTHS):
        for t in range(2, length - 1):
            positions.append(row * LENGTH + t)
            targets.append(int(tokens[row, t + 1]))
    weights = torch.rand(len(positions))

    def log_probs():
        logits = model(tokens).logits.reshape(-1, VOCABULARY)[positions] / TEMPERATURE
        return torch.log_softmax(logits, -1)

    def loss():
        chosen = log_probs().gather(1, torch.tensor(targets)[:, None])[:, 0]
        return -(weights * chosen).sum(), chosen

    value, chosen = loss()
    everything = log_probs()
    value.backward()
    tensors = {"gradient." + n: p.grad.clone() for n, p in model.named_parameters()}
    tensors["log_probs"] = chosen.detach().contiguous()
    tensors["entropies"] = -(everything.exp() * everything).sum(-1).detach()

    greedy = []
    for row, length in enumerate(LENGTHS):
        prompt = tokens[row : row + 1, :length]
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False,
                             max_new_tokens=20)
        greedy.append(out[0, length:].tolist())

    norms = [p for p in model.parameters() if p.dim() == 1]  # and biases
    matrices = [p for p in model.parameters() if p.dim() > 1]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=DECAY), dict(params=norms, weight_decay=0.0)], **ADAMW)
    grad_norms = []
    for step in (1, 2):
        for name, parameter in model.named_parameters():
            parameter.grad = tensors["gradient." + name] * (step / DIVISOR)
        grad_norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)))
        optimizer.step()
    tensors |= {"stepped." + n: p.detach().clone() for n, p in model.named_parameters()}
    save_file(tensors, folder / "golden.safetensors")
    (folder / "golden.json").write_text(json.dumps(dict(
        rows=ROWS, length=LENGTH, lengths=LENGTHS, tokens=tokens.flatten().tolist(),
        positions=positions, targets=targets, weights=weights.tolist(), temperature=TEMPERATURE,
        loss=value.item(), greedy=greedy, grad_norms=grad_norms)) + "\n")


def write_sharded(here: Path) -> None:
    """The weights of "tied" in bf16, in files of at most 2000 bytes of tensors."""
    model = LlamaForCausalLM.from_pretrained(here / "tied", torch_dtype=torch.bfloat16)
    model.save_pretrained(here / "sharded", max_shard_size="2KB")


for name, settings in MODELS.items():
    write(Path(__file__).parent / name, *settings)
write_sharded(Path(__file__).parent)
