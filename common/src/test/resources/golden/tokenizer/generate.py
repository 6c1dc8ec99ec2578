"""Makes the golden files beside it with Hugging Face's tokenizers 0.21.4 and
transformers 4.55.4.

tokenizer.json: what its BPE trainer learns from corpus.txt. splits.json: its pre-tokenizer. encodings.json: ids of texts, and of chats through the chat template of
tokenizer_config.json, which is ChatTemplate.tokenizerConfig().
"""

import json
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

HERE = Path(__file__).parent
SPECIAL = ["<pad>", "<s>", "</s>", "<|user|>", "<|assistant|>"]
SIZE = 700


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=True, indent=1) + "\n")


corpus = (HERE / "corpus.txt").read_text()
tokenizer = Tokenizer(models.BPE())
REGEX = r"'s|'t|'re|'ve|'m|'ll|'d| ?[\p{L}_][\p{L}\p{N}_]*| ?\p{N}+| ?[^\s\p{L}\p{N}_]+|\s+(?!\S)|\s+"
words = pre_tokenizers.Split(Regex(REGEX), "isolated")
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    [corpus],
    trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
tokenizer.save(str(HERE / "tokenizer.json"))

texts = [
    "",
    "\n",
    "a",
    "def solve(x):\n    return x + 1\n",
    "  two spaces, three   and a tab\t.\n\n\n  end  ",
    "It's what they've said; WE'LL see: 'S 't",
    "先排序，再返回最大值。",
    "Größe ½ ² Ⅷ ٣٤٥ русский العربية हिन्दी 한국어",
    "👩‍🔬🏳️‍🌈 \u0000 \u0001 \u00a0\u2003x\u3000y \u2028 \u0085 \ufeff",
    "\U0001d54f\U00020000 e\u0301 \uffff \U0010ffff",
    "word" * 300,
    "x = keep_smallest(values_2, 3) if _a else __init__9 - 7up",
] + corpus.splitlines()[:12]
write(
    "splits.json",
    [
        [text[a:b] for _, (a, b) in words.pre_tokenize_str(text)]
        for text in texts + [corpus.replace("\u200d", "")]
    ],
)

encodings = [{"text": t, "ids": tokenizer.encode(t, add_special_tokens=False).ids} for t in texts]
with tempfile.TemporaryDirectory() as folder:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (Path(folder) / name).write_bytes((HERE / name).read_bytes())
    transformers = AutoTokenizer.from_pretrained(folder)
chats = []
for prompt in texts:
    user = [{"role": "user", "content": prompt}]
    both = user + [{"role": "assistant", "content": "return 1\n"}]
    chats.append(
        {
            "prompt": prompt,
            "prompt_ids": transformers.apply_chat_template(user, add_generation_prompt=True),
            "completion": "return 1\n",
            "ids": transformers.apply_chat_template(both),
        }
    )
assert (transformers.pad_token_id, transformers.bos_token_id, transformers.eos_token_id) == (0, 1, 2)
write("encodings.json", {"encodings": encodings, "chats": chats})
