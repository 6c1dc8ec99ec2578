"""Writes rollouts.json and one file per algorithm beside this script: parameters after one full update, by PyTorch.

Run: python generate.py (made with torch 2.15.0, transformers 4.55.4). The policy is the checkpoint ../model/tied, the
reference is 0.95 times its parameters. Each .bin is little-endian fp32: the parameters from the embedding to the final norm,
layer by layer, then for PPO the value head's weights and bias. Sequences go through the model one by one, without padding.
"""

import copy
import json
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

torch.set_num_threads(1)
torch.manual_seed(5)
HERE = Path(__file__).parent
TEMPERATURE, LONGEST = 0.9, 6
LEARNING_RATE, HEAD_RATE, EPSILON, DECAY = 0.01, 0.03, 1e-4, 0.01
PASSED, FAILED, LOST = "PASSED", "WRONG_ANSWER", "SANDBOX_ERROR"
GROUPS = [
    [(PASSED, 3, True), (FAILED, 6, False), (FAILED, 4, True), (PASSED, 5, True)],
    [(FAILED, 2, True), (PASSED, 6, True), (LOST, 3, True), (FAILED, 4, True)],
    [(PASSED, 3, True), (PASSED, 4, True), (PASSED, 4, True), (PASSED, 2, True)],
    [(FAILED, 5, True), (FAILED, 5, True), (PASSED, 1, True), (FAILED, 6, False)],
]

start = LlamaForCausalLM.from_pretrained(HERE.parent / "model" / "tied").float().eval()
reference = copy.deepcopy(start)
with torch.no_grad():
    for parameter in reference.parameters():
        parameter.mul_(0.95)
head0 = 0.3 * torch.randn(17)


def forward(model, sample):
    """Logits at the sampling temperature and normed hidden states before each token of the completion."""
    tokens = torch.tensor([sample["prompt"] + sample["tokens"]])
    hidden = model.model(tokens).last_hidden_state[0]
    first, n = len(sample["prompt"]) - 1, len(sample["tokens"])
    hidden = hidden[first:first + n]
    return model.lm_head(hidden) / TEMPERATURE, hidden


def log_probs(model, sample):
    logits, _ = forward(model, sample)
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(sample["tokens"])[:, None])[:, 0]


def make_rollouts():
    groups = []
    for members in GROUPS:
        prompt = torch.randint(3, 29, (int(torch.randint(3, 7, ())),)).tolist()
        group = []
        for outcome, length, finished in members:
            tokens = torch.randint(3, 29, (length,)).tolist()
            group.append(dict(prompt=prompt, tokens=tokens, outcome=outcome, finished=finished))
        groups.append(group)
    # a completion that was drawn twice, with the same verdict
    groups[3][1]["tokens"] = list(groups[3][0]["tokens"])
    for group in groups:
        for sample in group:
            with torch.no_grad():
                sampled = log_probs(start, sample)
            noise = 0.5 * torch.randn(len(sampled))
            sample["logprobs"] = (sampled + noise).tolist()
    groups[3][1]["logprobs"] = list(groups[3][0]["logprobs"])
    return groups


groups = make_rollouts()
(HERE / "rollouts.json").write_text(json.dumps(dict(
    temperature=TEMPERATURE, longest=LONGEST, head=head0.tolist(),
    groups=[dict(prompt=g[0]["prompt"], samples=[{k: s[k] for k in s if k != "prompt"} for s in g])
            for g in groups])) + "\n")
valid = [[s for s in group if s["outcome"] != LOST] for group in groups]
flat = [s for group in valid for s in group]
for s in flat:
    s["reward"] = float(s["outcome"] == PASSED and s["finished"])
    with torch.no_grad():
        s["old"], s["ref"] = log_probs(start, s), log_probs(reference, s)
        s["old_value"] = forward(start, s)[1] @ head0[:16] + head0[16]


def whiten(rows):
    everything = torch.cat(rows)
    return [(r - everything.mean()) * torch.rsqrt(everything.var() + 1e-8) for r in rows]


def token_rewards(s, beta):
    rewards = -beta * (s["old"] - s["ref"])
    rewards[-1] += s["reward"]
    return rewards


def clip_loss(new, old, advantage, low=0.2, high=0.2):
    ratio = torch.exp(new - old)
    return -torch.minimum(ratio * advantage, torch.clamp(ratio, 1 - low, 1 + high) * advantage)


def update(name, loss_of, updates, with_head=False):
    policy = copy.deepcopy(start)
    head = torch.nn.Parameter(head0.clone())
    norms = [p for n, p in policy.named_parameters() if "norm" in n]
    rest = [p for n, p in policy.named_parameters() if "norm" not in n]
    parts = [dict(params=rest, weight_decay=DECAY), dict(params=norms, weight_decay=0.0)]
    parts += [dict(params=[head], weight_decay=0.0, lr=HEAD_RATE)] if with_head else []
    optimizer = torch.optim.AdamW(parts, lr=LEARNING_RATE, betas=(0.9, 0.95), eps=EPSILON)
    for _ in range(updates):
        optimizer.zero_grad()
        loss_of(policy, head).backward()
        torch.nn.utils.clip_grad_norm_([p for g in parts for p in g["params"]], 1.0)
        optimizer.step()
    state = policy.state_dict()
    names = ["model.embed_tokens.weight"]
    for layer in range(2):
        names += [f"model.layers.{layer}.{n}.weight" for n in (
            "input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
            "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj",
            "mlp.down_proj")]
    names += ["model.norm.weight"]
    vector = torch.cat([state[n].flatten() for n in names] + ([head.detach()] if with_head else []))
    (HERE / f"{name}.bin").write_bytes(vector.numpy().astype("<f4").tobytes())


def ppo():
    estimates, returns = [], []
    for s in flat:
        rewards, values = token_rewards(s, 0.1), s["old_value"]
        estimate, after = torch.zeros_like(values), 0.0
        for t in reversed(range(len(values))):
            following = values[t + 1] if t + 1 < len(values) else 0.0
            after = rewards[t] + following - values[t] + 0.95 * after
            estimate[t] = after
        estimates.append(estimate)
        returns.append(estimate + values)
    advantages = whiten(estimates)

    def loss(policy, head):
        terms = []
        for s, a, g in zip(flat, advantages, returns):
            new = log_probs(policy, s)
            value = forward(policy, s)[1] @ head[:16] + head[16]
            near = s["old_value"] + torch.clamp(value - s["old_value"], -0.2, 0.2)
            vf = 0.5 * torch.maximum((value - g) ** 2, (near - g) ** 2)
            terms.append(clip_loss(new, s["old"], a) + 0.5 * vf)
        return torch.cat(terms).mean()

    update("ppo", loss, 3, with_head=True)


def grpo():
    def loss(policy, head):
        terms = []
        for group in valid:
            rewards = torch.tensor([s["reward"] for s in group])
            for s, a in zip(group, (rewards - rewards.mean()) / (rewards.std() + 1e-6)):
                new = log_probs(policy, s)
                d = new - s["ref"]
                k3 = torch.clamp_max(torch.exp(-d) + d - 1, 10.0)
                terms.append((clip_loss(new, s["old"], a) + 0.1 * k3).mean())
        return torch.stack(terms).mean()

    update("grpo", loss, 3)


def rloo():
    def loss(policy, head):
        terms = []
        for group in valid:
            rewards = torch.stack([token_rewards(s, 0.1).sum() for s in group])
            for i, s in enumerate(group):
                others = (rewards.sum() - rewards[i]) / (len(group) - 1)
                terms.append(-(rewards[i] - others) * log_probs(policy, s).sum())
        return torch.stack(terms).mean()

    update("rloo", loss, 1)


def reinforce_plus_plus():
    returns = [torch.flip(torch.cumsum(torch.flip(token_rewards(s, 0.1), [0]), 0), [0]) for s in flat]
    advantages = whiten(returns)

    def loss(policy, head):
        return torch.cat([clip_loss(log_probs(policy, s), s["old"], a)
                          for s, a in zip(flat, advantages)]).mean()

    update("reinforce-plus-plus", loss, 3)


def dapo():
    def loss(policy, head):
        terms = []
        for group in valid:
            scores = [s["reward"] for s in group]
            if len(set(scores)) == 1:
                continue
            # the penalty of length, buffer 3
            shaped = [s["reward"] + min(0.0, -(len(s["tokens"]) - (LONGEST - 3)) / 3) for s in group]
            rewards = torch.tensor(shaped)
            for s, a in zip(group, (rewards - rewards.mean()) / (rewards.std() + 1e-6)):
                weight = torch.clamp_max(torch.exp(s["old"] - torch.tensor(s["logprobs"])), 1.5)
                terms.append(weight * clip_loss(log_probs(policy, s), s["old"], a, 0.2, 0.28))
        return torch.cat(terms).mean()

    update("dapo", loss, 3)


for algorithm in (ppo, grpo, rloo, reinforce_plus_plus, dapo):
    algorithm()
