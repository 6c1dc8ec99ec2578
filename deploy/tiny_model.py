"""Writes a tiny model with random weights as Hugging Face publishes models: tiny_model.py FOLDER.

The folder has config.json (Qwen2), model.safetensors, tokenizer.json and tokenizer_config.json (ChatML). It stands for a
model that is downloaded, where there is no network. Needs the Python standard library alone.
"""

import array
import json
import random
import struct
import sys
from pathlib import Path

HIDDEN, LAYERS, HEADS, KV_HEADS, INTERMEDIATE, POSITIONS = 32, 2, 2, 1, 64, 1024
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def alphabet():
    """The characters that stand for the 256 bytes in a byte-level vocabulary."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]


def shapes(vocabulary):
    head = HIDDEN // HEADS
    yield "model.embed_tokens.weight", (vocabulary, HIDDEN)
    for layer in range(LAYERS):
        name = f"model.layers.{layer}."
        yield name + "input_layernorm.weight", (HIDDEN,)
        yield name + "post_attention_layernorm.weight", (HIDDEN,)
        for part, heads in (("q", HEADS), ("k", KV_HEADS), ("v", KV_HEADS)):
            yield name + f"self_attn.{part}_proj.weight", (heads * head, HIDDEN)
            yield name + f"self_attn.{part}_proj.bias", (heads * head,)
        yield name + "self_attn.o_proj.weight", (HIDDEN, HEADS * head)
        yield name + "mlp.gate_proj.weight", (INTERMEDIATE, HIDDEN)
        yield name + "mlp.up_proj.weight", (INTERMEDIATE, HIDDEN)
        yield name + "mlp.down_proj.weight", (HIDDEN, INTERMEDIATE)
    yield "model.norm.weight", (HIDDEN,)


def write_weights(file, vocabulary):
    """The layout of safetensors: the length of the header, the header as JSON, and the numbers."""
    numbers = random.Random(17)
    header, data = {"__metadata__": {"format": "pt"}}, bytearray()
    for name, shape in shapes(vocabulary):
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        norm = name.endswith("norm.weight")
        values = array.array("f", [1.0 if norm else numbers.gauss(0, 0.05) for _ in range(count)])
        if sys.byteorder == "big":
            values.byteswap()
        begin = len(data)
        data += values.tobytes()
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_json(file, value):
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {token: i for i, token in enumerate(alphabet())}
    special = [
        {"id": len(vocabulary) + i, "content": token, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for i, token in enumerate(SPECIAL)
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
    write_json(
        folder / "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": special,
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": None,
            "decoder": byte_level,
            "model": {"type": "BPE", "vocab": vocabulary, "merges": []},
        },
    )
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
            "clean_up_tokenization_spaces": False,
            "chat_template": CHATML,
        },
    )
    ids = {token["content"]: token["id"] for token in special}
    size = len(vocabulary) + len(special)
    write_json(
        folder / "config.json",
        {
            "architectures": ["Qwen2ForCausalLM"],
            "model_type": "qwen2",
            "torch_dtype": "float32",
            "hidden_act": "silu",
            "hidden_size": HIDDEN,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "num_key_value_heads": KV_HEADS,
            "intermediate_size": INTERMEDIATE,
            "max_position_embeddings": POSITIONS,
            "rms_norm_eps": 1e-6,
            "rope_theta": 10000.0,
            "tie_word_embeddings": True,
            "vocab_size": size,
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
        },
    )
    write_weights(folder / "model.safetensors", size)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
