"""Makes the golden files beside it with Hugging Face's tokenizers 0.21.4 and
transformers 4.55.4.

tokenizer.json: what its BPE trainer learns from corpus.txt. splits.json: its pre-tokenizer. encodings.json: ids of texts, and of chats through the chat template of
tokenizer_config.json, which is ChatTemplate.tokenizerConfig(). formats.json: ids of questions in the
chat formats of other models. plain.json: ids of chats in plain templates.
"""

import json
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

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

# Plain templates as ChatTemplate.plain writes them; names of special tokens are these tokens.
JINJA = (
    "{%% for message in messages %%}{%% if message['role'] == 'user' %%}{{ %s + message['content'] + %s"
    " }}{%% else %%}{{ message['content'] + eos_token }}{%% endif %%}{%% endfor %%}"
)
plain = []
for template in ("<s>### Task\n{prompt}\n\n### \"Answer\"\n", "{prompt}", "Q: {prompt} <|user|></s>\\A:\t"):
    jinja = JINJA % tuple(json.dumps(part) for part in template.split("{prompt}"))
    chats = []
    for prompt in texts[:6]:
        user = [{"role": "user", "content": prompt}]
        both = user + [{"role": "assistant", "content": "return 1\n"}]
        text = transformers.apply_chat_template(both, chat_template=jinja, tokenize=False)
        assert text == template.replace("{prompt}", prompt) + "return 1\n</s>"
        ids = transformers.apply_chat_template(user, chat_template=jinja, add_generation_prompt=True)
        chats.append({"prompt": prompt, "prompt_ids": ids})
    plain.append({"template": template, "chat_template": jinja, "chats": chats})
write("plain.json", plain)

# Single questions in the formats of other models: their special tokens get the ids after ours.
CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA3 = (
    "{{ bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] +"
    " '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}{% if"
    " add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
FORMATS = {
    "chatml": (CHATML, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], "\n\n two lines\n"),
    "llama3": (
        LLAMA3,
        ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        "x",
    ),
}
formats = []
for name, (template, special, other) in FORMATS.items():
    theirs = PreTrainedTokenizerFast(
        tokenizer_file=str(HERE / "tokenizer.json"),
        additional_special_tokens=special,
        bos_token=special[0],
        eos_token=special[-1],
    )
    chats = [
        {
            "prompt": prompt,
            "ids": theirs.apply_chat_template(
                [{"role": "user", "content": prompt}],
                chat_template=template,
                add_generation_prompt=True,
            ),
        }
        for prompt in ("Sort x.\n\nReturn the largest", "先排序，再返回最大值。", other)
    ]
    ids = {token: theirs.convert_tokens_to_ids(token) for token in special}
    ids = dict(sorted(ids.items(), key=lambda entry: entry[1]))
    formats.append({"name": name, "special": ids, "eos": special[-1], "chats": chats})
write("formats.json", formats)
