# A Llama-family language model whose parameters are one flat vector. TorchScript in its stored
# form: torch.f is the ATen operator f, its first argument is a tensor, types are numbers
# (3 int32, 4 int64, 6 fp32, 7 fp64, 11 bool), and ${...} is filled in by Java.
#
# B rows, T tokens a row, N predictions, V vocabulary, D width, H query heads, K key-value heads,
# G = H / K, A width of a head, F width of the feed-forward block, S slots of the cache. ${lora} is 1 where
# adapters of rank R are trained beside parameters that are frozen; ${norms} is 1 where each head's query
# and key are normalized; with a window above 0 a token looks at itself and at window - 1 before it.
class CausalLM(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # theta: (size) -> in the compute type; who decodes casts once, so that unpack need not each time
  def cast(self: __torch__.CausalLM, theta: Tensor) -> Tensor:
    return torch.to(theta, ${dtype})

  # flat: (size) -> its parts, all views:
  # embedding (V, D) | per layer norm (D), qkv, o, norm (D), gate|up, down, bias of qkv if any, norms of q and k (2 A) if any | norm (D) | head (V, D)
  def views(self: __torch__.CausalLM, flat: Tensor) -> List[Tensor]:
    parts = torch.split_with_sizes(flat, [${sizes}])
    w = [torch.view(parts[0], [${V}, ${D}])]
    for l in range(${L}):
      o = 1 + l * ${per_layer}
      torch.append(w, parts[o])
      torch.append(w, torch.view(parts[o + 1], [(${H} + 2 * ${K}) * ${A}, ${D}]))
      torch.append(w, torch.view(parts[o + 2], [${D}, ${H} * ${A}]))
      torch.append(w, parts[o + 3])
      torch.append(w, torch.view(parts[o + 4], [2 * ${F}, ${D}]))
      torch.append(w, torch.view(parts[o + 5], [${D}, ${F}]))
      for vector in parts[o + 6:o + ${per_layer}]:
        torch.append(w, vector)
    torch.append(w, parts[1 + ${L} * ${per_layer}])
    torch.append(w, torch.view(parts[${head}], [${V}, ${D}]))
    return w

  # theta: (size) -> its parts in the compute type, views of one cast
  def unpack(self: __torch__.CausalLM, theta: Tensor) -> List[Tensor]:
    return (self).views((self).cast(theta))

  # theta: (size) -> weights and bias of the value head, empty without one
  def value_head(self: __torch__.CausalLM, theta: Tensor) -> Tensor:
    return torch.narrow(theta, 0, torch.size(theta, 0) - ${value_head}, ${value_head})

  def leaf(self: __torch__.CausalLM, x: Tensor) -> Tensor:
    return torch.requires_grad_(torch.detach(x), True)

  # a: (m, k), b: (k, n) -> (m, n), by the fastest kernel of device and type
  def product(self: __torch__.CausalLM, a: Tensor, b: Tensor) -> Tensor:
    return ${product}

  # h: (..., D), weight: (D) -> the normalized x (..., D), x without the weight, and the factors (..., 1)
  def normalize(self: __torch__.CausalLM, h: Tensor, weight: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    mean = torch.div(torch.square(torch.linalg_vector_norm(h, 2, [-1], True, dtype=6)), ${D})
    r = torch.to(torch.rsqrt(torch.add(mean, ${epsilon})), ${dtype})
    unweighted = torch.mul(h, r)
    return (torch.mul(unweighted, weight), unweighted, r)

  # the same where only x is needed, in fewer passes; epsilon: (1) fp32
  def normalize_once(self: __torch__.CausalLM, h: Tensor, weight: Tensor, epsilon: Tensor) -> Tensor:
    norm = torch.linalg_vector_norm(h, 2, [-1], True, dtype=6)
    r = torch.rsqrt_(torch.addcmul(epsilon, norm, norm, value=${mean}))
    return torch.mul(torch.mul(h, torch.to(r, ${dtype})), weight)

  # dx: (M, D), with respect to x -> dh plus that with respect to h; the weight's is added to places[o]
  def normalize_back(self: __torch__.CausalLM, dh: Tensor, dx: Tensor, unweighted: Tensor, r: Tensor, weight: Tensor, places: List[Tensor], o: int) -> Tensor:
    both = torch.mul(dx, unweighted)
    if ${lora} == 0:
      torch.add_(places[o], torch.sum(both, [0], False, dtype=6))
    along = torch.div(torch.mm(both, torch.unsqueeze(weight, 1)), ${D})
    return torch.addcmul(dh, torch.addcmul(torch.mul(dx, weight), unweighted, along, value=-1), r)

  # norms: (2 A), weights of queries and of keys -> for each head of both (H + K, A)
  def head_weights(self: __torch__.CausalLM, norms: Tensor) -> Tensor:
    both = torch.unsqueeze(torch.view(norms, [2, ${A}]), 1)
    q, k = torch.unbind(both)
    return torch.cat([torch.expand(q, [${H}, ${A}]), torch.expand(k, [${K}, ${A}])])

  # qk: (M, H + K, A), norms: (2 A) -> each head normalized, the same without the weights, and the
  # factors (M, H + K, 1)
  def normalize_heads(self: __torch__.CausalLM, qk: Tensor, norms: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    mean = torch.div(torch.square(torch.linalg_vector_norm(qk, 2, [-1], True, dtype=6)), ${A})
    r = torch.to(torch.rsqrt(torch.add(mean, ${epsilon})), ${dtype})
    unweighted = torch.mul(qk, r)
    return (torch.mul(unweighted, (self).head_weights(norms)), unweighted, r)

  # dqk: with respect to the normalized heads -> to what they were; the weights' is added to places[o]
  def normalize_heads_back(self: __torch__.CausalLM, dqk: Tensor, unweighted: Tensor, r: Tensor, norms: Tensor, places: List[Tensor], o: int) -> Tensor:
    if ${lora} == 0:
      q, k = torch.split_with_sizes(torch.sum(torch.mul(dqk, unweighted), [0], False, dtype=6), [${H}, ${K}], 0)
      torch.add_(places[o], torch.cat([torch.sum(q, [0]), torch.sum(k, [0])]))
    d = torch.mul(dqk, (self).head_weights(norms))
    along = torch.mean(torch.mul(d, unweighted), [-1], True)
    return torch.mul(torch.addcmul(d, unweighted, along, value=-1), r)

  # dy: (M, n), x: (M, k) -> the gradient of an (n, k) matrix is added to places[o], if it is trained
  def learn(self: __torch__.CausalLM, places: List[Tensor], o: int, dy: Tensor, x: Tensor) -> None:
    if ${lora} == 0:
      torch.add_(places[o], (self).product(torch.transpose(dy, 0, 1), x))

  # theta: all adapters, in any type -> of each layer A (R, in) and B (out, R) of q, k, v, o, gate, up
  # and down; empty for those that have none
  def adapters(self: __torch__.CausalLM, theta: Tensor) -> List[Tensor]:
    parts = torch.split_with_sizes(theta, [${adapter_sizes}])
    columns = [${adapter_columns}]
    views = annotate(List[Tensor], [])
    for i in range(torch.len(columns)):
      if columns[i] > 0:
        torch.append(views, torch.view(parts[i], [-1, columns[i]]))
      else:
        torch.append(views, parts[i])
    return views

  # x: (M, k); keys: (M) int64, names of the tokens, or none for no dropout; i: which input of which
  # layer it is -> x where values are zero at the rate of dropout and the others larger. Whether a value
  # is kept is a hash of these and its column (the finalizer of SplitMix64), so the backward pass and a
  # second forward pass find the same.
  def drop(self: __torch__.CausalLM, x: Tensor, keys: Tensor, i: int) -> Tensor:
    if torch.size(keys, 0) > 0:
      columns = torch.arange(i * 1000003, i * 1000003 + torch.size(x, 1), dtype=4, device=ops.prim.device(x))
      h = torch.add(torch.unsqueeze(keys, 1), torch.mul(columns, -7046029254386353131))
      h = torch.mul_(torch.bitwise_xor_(h, torch.bitwise_right_shift(h, 30)), -4658895280553007687)
      h = torch.mul_(torch.bitwise_xor_(h, torch.bitwise_right_shift(h, 27)), -7723592293110705685)
      kept = torch.ge(torch.bitwise_and_(torch.bitwise_right_shift(h, 20), 16777215), ${dropped})
      x = torch.mul(torch.mul(x, kept), ${kept_factor})
    return x

  # whether any of the adapters from the i-th on is there
  def adapted(self: __torch__.CausalLM, adapters: List[Tensor], i: int, count: int) -> bool:
    found = False
    if ${lora} == 1:
      for b in adapters[2 * i + 1:2 * (i + count):2]:
        if torch.size(b, 0) > 0:
          found = True
    return found

  # y: (M, n) = x W^T, x: (M, k), the input-th of the model's inputs of adapters -> what those from the
  # i-th on add is added to the columns of y from at on
  def adapt(self: __torch__.CausalLM, y: Tensor, x: Tensor, adapters: List[Tensor], i: int, at: List[int], keys: Tensor, input: int) -> None:
    if (self).adapted(adapters, i, torch.len(at)):
      dropped = (self).drop(x, keys, input)
      for j in range(torch.len(at)):
        b = adapters[2 * (i + j) + 1]
        if torch.size(b, 0) > 0:
          inner = (self).product(dropped, torch.transpose(adapters[2 * (i + j)], 0, 1))
          torch.add_(torch.narrow(y, 1, at[j], torch.size(b, 0)), (self).product(inner, torch.transpose(b, 0, 1)), alpha=${lora_scale})

  # dy: (M, n), otherwise as in adapt -> dx (M, k) plus what comes through the adapters, whose own
  # gradients are added to places
  def adapt_back(self: __torch__.CausalLM, dx: Tensor, dy: Tensor, x: Tensor, adapters: List[Tensor], i: int, at: List[int], keys: Tensor, input: int, places: List[Tensor]) -> Tensor:
    if (self).adapted(adapters, i, torch.len(at)):
      dropped = (self).drop(x, keys, input)
      through = torch.zeros_like(x)
      for j in range(torch.len(at)):
        a = adapters[2 * (i + j)]
        b = adapters[2 * (i + j) + 1]
        if torch.size(b, 0) > 0:
          own = torch.mul(torch.narrow(dy, 1, at[j], torch.size(b, 0)), ${lora_scale})
          inner = (self).product(dropped, torch.transpose(a, 0, 1))
          torch.add_(places[2 * (i + j) + 1], (self).product(torch.transpose(own, 0, 1), inner))
          d_inner = (self).product(own, b)
          torch.add_(places[2 * (i + j)], (self).product(torch.transpose(d_inner, 0, 1), dropped))
          through = torch.add_(through, (self).product(d_inner, a))
      dx = torch.add(dx, (self).drop(through, keys, input))
    return dx

  # cosines and sines of all angles up to a length, (length, A) each; the first half of the sines
  # carries the sign of the rotation
  def angles(self: __torch__.CausalLM, length: int, like: Tensor) -> Tuple[Tensor, Tensor]:
    device = ops.prim.device(like)
    frequencies = torch.tensor([${frequencies}], dtype=6, device=device)
    times = torch.arange(length, dtype=6, device=device)
    a = torch.mul(torch.unsqueeze(times, 1), torch.unsqueeze(frequencies, 0))
    cos = torch.mul(torch.cos(a), ${rope_factor})
    sin = torch.mul(torch.sin(a), ${rope_factor})
    cos2 = torch.to(torch.cat([cos, cos], 1), ${dtype})
    sin2 = torch.to(torch.cat([torch.neg(sin), sin], 1), ${dtype})
    return (cos2, sin2)

  # x: (..., A)
  def rotate(self: __torch__.CausalLM, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = torch.chunk(x, 2, -1)
    return torch.add(torch.mul(x, cos), torch.mul(torch.cat([b, a], -1), sin))

  # x: (..., D), gate|up: (2 F, D), down: (D, F)
  def feed_forward(self: __torch__.CausalLM, x: Tensor, gate_up: Tensor, down: Tensor) -> Tensor:
    gate, up = torch.chunk(torch.linear(x, gate_up), 2, -1)
    return torch.linear(torch.mul(torch.silu(gate), up), down)

  # Causal attention by matrix products, where the G query heads of a key head are one longer query,
  # so that keys and values are not repeated, and some queries at a time look only at what is before
  # the last of them. q: (B, T, H, A), k and v: (B, S, K, A), of which the last T are the queries' own;
  # mask: (G, T, S) -> (B T, H A)
  def attend_grouped(self: __torch__.CausalLM, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    B = torch.size(q, 0)
    T = torch.size(q, 1)
    S = torch.size(k, 1)
    q5 = torch.permute(torch.view(q, [B, T, ${K}, ${G}, ${A}]), [0, 2, 3, 1, 4])
    k3 = torch.reshape(torch.transpose(k, 1, 2), [B * ${K}, S, ${A}])
    v3 = torch.reshape(torch.transpose(v, 1, 2), [B * ${K}, S, ${A}])
    parts = annotate(List[Tensor], [])
    for i in range((T + ${queries} - 1) // ${queries}):
      first = i * ${queries}
      n = ops.prim.min([${queries}, T - first])
      seen = S - T + first + n
      q3 = torch.reshape(torch.narrow(q5, 3, first, n), [B * ${K}, ${G} * n, ${A}])
      hidden = torch.reshape(torch.narrow(torch.narrow(mask, 1, first, n), 2, 0, seen), [${G} * n, seen])
      scores = torch.baddbmm(hidden, q3, torch.transpose(torch.narrow(k3, 1, 0, seen), 1, 2), alpha=${scale})
      a = torch.bmm(torch.softmax(scores, -1), torch.narrow(v3, 1, 0, seen))
      torch.append(parts, torch.view(a, [B, ${K}, ${G}, n, ${A}]))
    if torch.len(parts) == 1:
      all = parts[0]
    else:
      all = torch.cat(parts, 3)
    return torch.reshape(torch.permute(all, [0, 3, 1, 2, 4]), [B * T, ${H} * ${A}])

  # The same by the device's fused kernel
  def attend_fused(self: __torch__.CausalLM, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    qt = torch.transpose(q, 1, 2)
    kt = torch.transpose(k, 1, 2)
    vt = torch.transpose(v, 1, 2)
    whole = ${window} == 0 or torch.size(k, 1) <= ${window}
    if whole and torch.size(k, 1) == torch.size(q, 1):
      a = torch.scaled_dot_product_attention(qt, kt, vt, None, 0., True, scale=None, enable_gqa=True)
    else:
      a = torch.scaled_dot_product_attention(qt, kt, vt, torch.select(mask, 0, 0), 0., False, scale=None, enable_gqa=True)
    return torch.reshape(torch.transpose(a, 1, 2), [-1, ${H} * ${A}])

  # Each row attends to itself alone, so blocks of rows of one length take turns, and everything
  # else sees one list of M tokens, of which the last may be in no block. blocks: (count, 3), rows,
  # length and start of each, which follow each other; begun: what the rows of blocks with a start
  # continue, rows of the block before
  # -> rows, lengths, what each continues (B) or (0), a mask (G, T, start + T) for each, cosines and
  # sines (M, 1, A)
  def frame(self: __torch__.CausalLM, theta: Tensor, tokens: Tensor, blocks: Tensor, begun: Tensor) -> Tuple[List[int], List[int], List[Tensor], List[Tensor], Tensor, Tensor]:
    rows = annotate(List[int], [])
    lengths = annotate(List[int], [])
    starts = annotate(List[int], [])
    longest = 0
    for i in range(torch.size(blocks, 0)):
      row, length, start = torch.unbind(torch.select(blocks, 0, i))
      torch.append(rows, int(row))
      torch.append(lengths, int(length))
      torch.append(starts, int(start))
      if starts[i] + lengths[i] > longest:
        longest = starts[i] + lengths[i]
    all_cos, all_sin = (self).angles(longest, theta)
    hidden = torch.new_full(theta, [longest, longest], -1000000000., dtype=${dtype})
    if ${window} > 0:
      hidden = torch.add(torch.triu(hidden, 1), torch.tril(hidden, -${window}))
    else:
      hidden = torch.triu(hidden, 1)
    links = annotate(List[Tensor], [])
    masks = annotate(List[Tensor], [])
    cosines = annotate(List[Tensor], [])
    sines = annotate(List[Tensor], [])
    linked = 0
    rest = torch.size(tokens, 0)
    for i in range(torch.len(rows)):
      T = lengths[i]
      rest = rest - rows[i] * T
      P = starts[i]
      count = 0
      if P > 0:
        count = rows[i]
      torch.append(links, torch.narrow(begun, 0, linked, count))
      linked = linked + count
      torch.append(masks, torch.expand(torch.narrow(torch.narrow(hidden, 0, P, T), 1, 0, P + T), [${G}, T, P + T]))
      torch.append(cosines, torch.repeat(torch.narrow(all_cos, 0, P, T), [rows[i], 1]))
      torch.append(sines, torch.repeat(torch.narrow(all_sin, 0, P, T), [rows[i], 1]))
    if rest > 0:
      torch.append(cosines, torch.new_zeros(all_cos, [rest, ${A}]))
      torch.append(sines, torch.new_zeros(all_sin, [rest, ${A}]))
    return (rows, lengths, links, masks, torch.unsqueeze(torch.cat(cosines), 1), torch.unsqueeze(torch.cat(sines), 1))

  # tokens: (M) -> (M, D)
  def embed(self: __torch__.CausalLM, theta: Tensor, tokens: Tensor) -> Tensor:
    embedding = torch.view(torch.narrow(theta, 0, 0, ${V} * ${D}), [${V}, ${D}])
    return torch.to(torch.embedding(embedding, tokens), ${dtype})

  # q: (M, H, A), k and v: (M, K, A) -> (M, H A), zeros for tokens in no block
  def attend(self: __torch__.CausalLM, q: Tensor, k: Tensor, v: Tensor, rows: List[int], lengths: List[int], links: List[Tensor], masks: List[Tensor]) -> Tensor:
    sizes = annotate(List[int], [])
    rest = torch.size(q, 0)
    for i in range(torch.len(rows)):
      torch.append(sizes, rows[i] * lengths[i])
      rest = rest - sizes[i]
    torch.append(sizes, rest)
    qs = torch.split_with_sizes(q, sizes, 0)
    ks = torch.split_with_sizes(k, sizes, 0)
    vs = torch.split_with_sizes(v, sizes, 0)
    parts = annotate(List[Tensor], [])
    for i in range(torch.len(rows)):
      q4 = torch.reshape(qs[i], [rows[i], lengths[i], ${H}, ${A}])
      k4 = torch.reshape(ks[i], [rows[i], lengths[i], ${K}, ${A}])
      v4 = torch.reshape(vs[i], [rows[i], lengths[i], ${K}, ${A}])
      if torch.size(links[i], 0) > 0:
        before = [rows[i - 1], lengths[i - 1], ${K}, ${A}]
        k4 = torch.cat([torch.index_select(torch.reshape(ks[i - 1], before), 0, links[i]), k4], 1)
        v4 = torch.cat([torch.index_select(torch.reshape(vs[i - 1], before), 0, links[i]), v4], 1)
      torch.append(parts, (self).${attend}(q4, k4, v4, masks[i]))
    if rest > 0:
      torch.append(parts, torch.new_zeros(q, [rest, ${H} * ${A}]))
    if torch.len(parts) == 1:
      attended = parts[0]
    else:
      attended = torch.cat(parts)
    return attended

  # One layer, the l-th, whose weights begin at w[o]. h: (M, D) -> (M, D), then what its backward pass
  # needs. Gradients are worked out by hand but for attention, whose part of the graph begins at q, k, v.
  def layer(self: __torch__.CausalLM, h: Tensor, w: List[Tensor], l: int, train: bool, rows: List[int], lengths: List[int], links: List[Tensor], masks: List[Tensor], cos: Tensor, sin: Tensor, adapters: List[Tensor], keys: Tensor) -> List[Tensor]:
    o = 1 + l * ${per_layer}
    x, unweighted, r = (self).normalize(h, w[o])
    qkv = (self).product(x, torch.transpose(w[o + 1], 0, 1))
    if ${biased} == 1:
      qkv = torch.add(qkv, w[o + 6])
    (self).adapt(qkv, x, adapters, 7 * l, [0, ${H} * ${A}, (${H} + ${K}) * ${A}], keys, 4 * l)
    qk, v = torch.split_with_sizes(torch.view(qkv, [-1, ${H} + 2 * ${K}, ${A}]), [${H} + ${K}, ${K}], 1)
    heads = r
    heads_r = r
    if ${norms} == 1:
      qk, heads, heads_r = (self).normalize_heads(qk, w[o + ${per_layer} - 1])
    q, k = torch.split_with_sizes((self).rotate(qk, cos, sin), [${H}, ${K}], 1)
    if train:
      q = (self).leaf(q)
      k = (self).leaf(k)
      v = (self).leaf(v)
    torch.set_grad_enabled(train)
    attended = (self).attend(q, k, v, rows, lengths, links, masks)
    torch.set_grad_enabled(False)
    a = torch.detach(attended)
    b = (self).product(a, torch.transpose(w[o + 2], 0, 1))
    (self).adapt(b, a, adapters, 7 * l + 3, [0], keys, 4 * l + 1)
    h2 = torch.add_(b, h)
    x2, unweighted2, r2 = (self).normalize(h2, w[o + 3])
    gate_up = (self).product(x2, torch.transpose(w[o + 4], 0, 1))
    (self).adapt(gate_up, x2, adapters, 7 * l + 4, [0, ${F}], keys, 4 * l + 2)
    gate, up = torch.chunk(gate_up, 2, -1)
    s = torch.silu(gate)
    m = torch.mul(s, up)
    c = (self).product(m, torch.transpose(w[o + 5], 0, 1))
    (self).adapt(c, m, adapters, 7 * l + 6, [0], keys, 4 * l + 3)
    return [torch.add_(c, h2), x, unweighted, r, q, k, v, attended, x2, unweighted2, r2, gate_up, s, m, heads, heads_r]

  # dh: (M, D), with respect to what the layer gave; kept: what it gave -> with respect to its input;
  # those of the weights are added to places
  def layer_back(self: __torch__.CausalLM, dh: Tensor, kept: List[Tensor], w: List[Tensor], l: int, places: List[Tensor], cos: Tensor, sin: Tensor, adapters: List[Tensor], keys: Tensor) -> Tensor:
    o = 1 + l * ${per_layer}
    unused, x, unweighted, r, q, k, v, attended, x2, unweighted2, r2, gate_up, s, m, heads, heads_r = kept
    (self).learn(places, o + 5, dh, m)
    dm = (self).adapt_back((self).product(dh, w[o + 5]), dh, m, adapters, 7 * l + 6, [0], keys, 4 * l + 3, places)
    gate, up = torch.chunk(gate_up, 2, -1)
    d_gate_up = torch.cat([torch.silu_backward(torch.mul(dm, up), gate), torch.mul(dm, s)], 1)
    (self).learn(places, o + 4, d_gate_up, x2)
    dx2 = (self).product(d_gate_up, w[o + 4])
    dx2 = (self).adapt_back(dx2, d_gate_up, x2, adapters, 7 * l + 4, [0, ${F}], keys, 4 * l + 2, places)
    dh2 = (self).normalize_back(dh, dx2, unweighted2, r2, w[o + 3], places, o + 3)
    a = torch.detach(attended)
    (self).learn(places, o + 2, dh2, a)
    da = (self).adapt_back((self).product(dh2, w[o + 2]), dh2, a, adapters, 7 * l + 3, [0], keys, 4 * l + 1, places)
    parts = torch.grad([attended], [q, k, v], annotate(List[Optional[Tensor]], [da]))
    dq = torch._unwrap_optional(parts[0])
    dk = torch._unwrap_optional(parts[1])
    dv = torch._unwrap_optional(parts[2])
    dqk = (self).rotate(torch.cat([dq, dk], 1), cos, torch.neg(sin))
    if ${norms} == 1:
      dqk = (self).normalize_heads_back(dqk, heads, heads_r, w[o + ${per_layer} - 1], places, o + ${per_layer} - 1)
    dqkv = torch.view(torch.cat([dqk, dv], 1), [-1, (${H} + 2 * ${K}) * ${A}])
    (self).learn(places, o + 1, dqkv, x)
    if ${biased} == 1 and ${lora} == 0:
      torch.add_(places[o + 6], torch.sum(dqkv, [0], False, dtype=6))
    dx = (self).product(dqkv, w[o + 1])
    dx = (self).adapt_back(dx, dqkv, x, adapters, 7 * l, [0, ${H} * ${A}, (${H} + ${K}) * ${A}], keys, 4 * l, places)
    return (self).normalize_back(dh2, dx, unweighted, r, w[o], places, o)

  # h: (M, D) -> at the wanted positions: normalized (N, D), the same without the weight, and the
  # factors (N, 1)
  def select(self: __torch__.CausalLM, h: Tensor, w: List[Tensor], positions: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return (self).normalize(torch.index_select(h, 0, positions), w[1 + ${L} * ${per_layer}])

  # x: (N, D) -> logits divided by the temperature (N, V) and the value head's outputs (N) or (0); fp32
  def outputs(self: __torch__.CausalLM, x: Tensor, w: List[Tensor], value_head: Tensor, temperature: Tensor) -> Tuple[Tensor, Tensor]:
    z = torch.to((self).product(x, torch.transpose(w[2 + ${L} * ${per_layer}], 0, 1)), 6)
    t = float(temperature)
    if t != 1.:
      z = torch.div(z, t)
    if ${value_head} == 0:
      value = torch.new_zeros(z, [0])
    else:
      weight, bias = torch.split_with_sizes(value_head, [${D}, 1])
      value = torch.add(torch.mv(torch.to(x, 6), weight), bias)
    return (z, value)

  # the whole model without gradients; adapters: as adapters gave them, or none
  def predict(self: __torch__.CausalLM, theta: Tensor, adapters: List[Tensor], tokens: Tensor, blocks: Tensor, begun: Tensor, positions: Tensor, temperature: Tensor) -> Tuple[Tensor, Tensor]:
    w = (self).unpack(theta)
    rows, lengths, links, masks, cos, sin = (self).frame(theta, tokens, blocks, begun)
    h = (self).embed(theta, tokens)
    no_keys = torch.new_zeros(theta, [0], dtype=4)
    for l in range(${L}):
      h = (self).layer(h, w, l, False, rows, lengths, links, masks, cos, sin, adapters, no_keys)[0]
    x, unweighted, r = (self).select(h, w, positions)
    return (self).outputs(x, w, (self).value_head(theta), temperature)

  # logits: (N, V), targets: (N) -> (N)
  def log_likelihood(self: __torch__.CausalLM, logits: Tensor, targets: Tensor) -> Tensor:
    index = torch.unsqueeze(torch.to(targets, 4), 1)
    return torch.squeeze(torch.gather(torch.log_softmax(logits, -1), 1, index), 1)

  # logits: (N, V) fp32, value: (N) or (0), reference: (N, V) log probabilities or empty, logp: (N),
  # inputs: (N) each -> losses (N), statistics (N) each
  def token_loss(self: __torch__.CausalLM, logits: Tensor, value: Tensor, reference: Tensor, logp: Tensor, inputs: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
    ${token_loss}

  # rows: (1 + inputs, N), the weights first -> weighted sums of loss and statistics (1 + stats) fp64.
  # The gradient of the weighted loss is added to g (size) fp32. frozen: the parameters (size) that
  # adapters change or a reference has, or empty. keys: as in drop. With recompute 1 a layer's input
  # alone is kept, and the rest of it computed again.
  def gradient(self: __torch__.CausalLM, theta: Tensor, frozen: Tensor, tokens: Tensor, blocks: Tensor, begun: Tensor, positions: Tensor, targets: Tensor, rows: Tensor, temperature: Tensor, keys: Tensor, g: Tensor) -> Tensor:
    reference = torch.new_zeros(theta, [0])
    no_adapters = annotate(List[Tensor], [])
    if ${reference} == 1:
      before, no_value = (self).predict(frozen, no_adapters, tokens, blocks, begun, positions, temperature)
      reference = torch.log_softmax(before, -1)
    base = theta
    adapters = no_adapters
    if ${lora} == 1:
      base = frozen
      adapters = (self).adapters((self).cast(theta))
      places = (self).adapters(g)
    else:
      places = (self).views(g)
    norm = 1 + ${L} * ${per_layer}
    w = (self).unpack(base)
    counts, lengths, links, masks, cos, sin = (self).frame(base, tokens, blocks, begun)
    h = (self).embed(base, tokens)
    kept = annotate(List[List[Tensor]], [])
    for l in range(${L}):
      done = (self).layer(h, w, l, ${recompute} == 0, counts, lengths, links, masks, cos, sin, adapters, keys)
      if ${recompute} == 1:
        torch.append(kept, [h])
      else:
        torch.append(kept, done)
      h = done[0]
    x, unweighted, r = (self).select(h, w, positions)
    value_head = (self).value_head(theta)
    z, v = (self).outputs(x, w, value_head, temperature)
    loss, stats, dz, dv = (self).loss_back(z, v, reference, targets, rows, temperature)
    (self).learn(places, norm + 1, dz, x)
    dx = (self).product(dz, w[norm + 1])
    if ${value_head} > 0:
      weight, bias = torch.split_with_sizes((self).value_head(g), [${D}, 1])
      torch.add_(weight, torch.mv(torch.transpose(torch.to(x, 6), 0, 1), dv))
      torch.add_(bias, torch.sum(dv, [0], True))
      outer = torch.mul(torch.unsqueeze(dv, 1), torch.narrow(value_head, 0, 0, ${D}))
      dx = torch.add(dx, torch.to(outer, ${dtype}))
    selected = (self).normalize_back(torch.zeros_like(dx), dx, unweighted, r, w[norm], places, norm)
    dh = torch.index_copy(torch.zeros_like(h), 0, torch.to(positions, 4), selected)
    for i in range(${L}):
      l = ${L} - 1 - i
      done = torch.pop(kept)
      if ${recompute} == 1:
        done = (self).layer(done[0], w, l, True, counts, lengths, links, masks, cos, sin, adapters, keys)
      dh = (self).layer_back(dh, done, w, l, places, cos, sin, adapters, keys)
    if ${lora} == 0:
      # in fp32: the gradient of a frequent token is a long sum
      torch.add_(places[0], torch.embedding_dense_backward(torch.to(dh, 6), tokens, ${V}, -1, False))
    columns = torch.add([loss], stats)
    return torch.mv(torch.to(torch.stack(columns), 7), torch.to(torch.select(rows, 0, 0), 7))

  # z: (N, V), v: (N) or (0), otherwise as in gradient -> losses and statistics (N) each, gradients of
  # the weighted sum with respect to what z was before the temperature, and to v. The loss script sees
  # the log likelihood as a variable of its own, so that its slope in z can be written down.
  def loss_back(self: __torch__.CausalLM, z: Tensor, v: Tensor, reference: Tensor, targets: Tensor, rows: Tensor, temperature: Tensor) -> Tuple[Tensor, List[Tensor], Tensor, Tensor]:
    index = torch.unsqueeze(torch.to(targets, 4), 1)
    all = torch.log_softmax(z, -1)
    torch.set_grad_enabled(True)
    logits = (self).leaf(z)
    value = (self).leaf(v)
    logp = (self).leaf(torch.squeeze(torch.gather(all, 1, index), 1))
    parts = torch.unbind(rows)
    loss, stats = (self).token_loss(logits, value, reference, logp, parts[1:])
    total = torch.sum(torch.mul(loss, parts[0]))
    grads = torch.grad([total], [logits, value, logp], None, None, False, True)
    torch.set_grad_enabled(False)
    dz = torch.exp_(all)
    slope = grads[2]
    if torch.__is__(slope, None):
      dz = torch.zero_(dz)
    else:
      known = torch.unsqueeze(torch._unwrap_optional(slope), 1)
      dz = torch.scatter_add_(torch.mul_(dz, torch.neg(known)), 1, index, known)
    direct = grads[0]
    if torch.__isnot__(direct, None):
      dz = torch.add_(dz, torch._unwrap_optional(direct))
    dv = torch.zeros_like(v)
    if torch.__isnot__(grads[1], None):
      dv = torch._unwrap_optional(grads[1])
    t = float(temperature)
    if t != 1.:
      dz = torch.div_(dz, t)
    columns = annotate(List[Tensor], [])
    for stat in stats:
      torch.append(columns, torch.detach(stat))
    return (torch.detach(loss), columns, torch.to(dz, ${dtype}), dv)

  # frozen: the parameters that adapters change, or empty -> log probabilities of the targets (N) and
  # entropies (N), in nats, and values (N) or (0)
  def log_probs(self: __torch__.CausalLM, theta: Tensor, frozen: Tensor, tokens: Tensor, blocks: Tensor, begun: Tensor, positions: Tensor, targets: Tensor, temperature: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    base = theta
    adapters = annotate(List[Tensor], [])
    if ${lora} == 1:
      base = frozen
      adapters = (self).adapters((self).cast(theta))
    logits, value = (self).predict(base, adapters, tokens, blocks, begun, positions, temperature)
    all = torch.log_softmax(logits, -1)
    logp = torch.squeeze(torch.gather(all, 1, torch.unsqueeze(torch.to(targets, 4), 1)), 1)
    entropy = torch.neg(torch.sum(torch.mul(torch.exp(all), all), [-1]))
    return (logp, entropy, value)

  # the loss alone: reference_logits (N, V) or (N, 0), values (N) or (0), rows (inputs or 1, N)
  # -> losses and statistics (1 + stats, N), gradient of the summed loss with respect to the logits
  # (N, V) and to the values (N) or (0)
  def loss_gradient(self: __torch__.CausalLM, logits: Tensor, reference_logits: Tensor, values: Tensor, targets: Tensor, rows: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    torch.set_grad_enabled(True)
    leaf = torch.requires_grad_(torch.detach(logits), True)
    value = torch.requires_grad_(torch.detach(values), True)
    reference = torch.log_softmax(reference_logits, -1)
    loss, stats = (self).token_loss(leaf, value, reference, (self).log_likelihood(leaf, targets), torch.unbind(rows))
    total = torch.add(torch.add(torch.sum(loss), torch.sum(value), alpha=0), torch.sum(leaf), alpha=0)
    grads = torch.grad([total], [leaf, value])
    g = torch._unwrap_optional(grads[0])
    gv = torch._unwrap_optional(grads[1])
    torch.set_grad_enabled(False)
    columns = torch.append(annotate(List[Tensor], []), torch.detach(loss))
    for stat in stats:
      torch.append(columns, torch.detach(stat))
    return (torch.stack(columns), g, gv)

  # h: (B, D), what attention gave: (B, H A) -> (B, D)
  def finish_layer(self: __torch__.CausalLM, h: Tensor, attended: Tensor, w: List[Tensor], o: int, epsilon: Tensor) -> Tensor:
    h = torch.add(h, torch.linear(attended, w[o + 2]))
    return torch.add_(h, (self).feed_forward((self).normalize_once(h, w[o + 3], epsilon), w[o + 4], w[o + 5]))

  # h: (B, D) -> logits (B, V) fp32
  def last_logits(self: __torch__.CausalLM, h: Tensor, w: List[Tensor], epsilon: Tensor) -> Tensor:
    return torch.to(torch.linear((self).normalize_once(h, w[1 + ${L} * ${per_layer}], epsilon), w[2 + ${L} * ${per_layer}]), 6)

  # x: (K, B, G, n) of rows -> (K U, W G, n), those of one of the U prompts together: a view where the
  # rows are in that order. grid: (U W), the rows of each prompt, some of them twice; empty for that order
  def gathered(self: __torch__.CausalLM, x: Tensor, grid: Tensor, U: int) -> Tensor:
    if torch.size(grid, 0) > 0:
      x = torch.index_select(x, 1, grid)
    return torch.reshape(x, [${K} * U, -1, torch.size(x, 3)])

  # the other way: (K U, W G, n) -> (K B, G, n). back: (B), where each row is; empty as grid
  def scattered(self: __torch__.CausalLM, x: Tensor, back: Tensor) -> Tensor:
    n = torch.size(x, 2)
    if torch.size(back, 0) > 0:
      x = torch.index_select(torch.view(x, [${K}, -1, ${G}, n]), 1, back)
    return torch.reshape(x, [-1, ${G}, n])

  # One new token a row at a slot of the cache. tokens: (B), cos and sin: (B, 1, A), mask: (K B, 1, S),
  # keys and values: L times (K, B, S, A), written in place; past: of the prompts that rows follow keys
  # L times (K, U, P, A), and values; past_mask: (K U, 1, P); gone: (B, 1, P), which of these lie before
  # the window of a row, or empty; grid and back: as above -> logits (B, V)
  def extend(self: __torch__.CausalLM, w: List[Tensor], tokens: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, keys: List[Tensor], values: List[Tensor], slot: int, past: List[Tensor], past_mask: Tensor, gone: Tensor, grid: Tensor, back: Tensor) -> Tensor:
    B = torch.size(tokens, 0)
    S = torch.size(keys[0], 2)
    U = torch.size(past[0], 1)
    P = torch.size(past[0], 2)
    h = torch.embedding(w[0], tokens)
    epsilon = torch.full([1], ${epsilon}, dtype=6, device=ops.prim.device(h))
    for l in range(${L}):
      o = 1 + l * ${per_layer}
      qkv = torch.view(torch.linear((self).normalize_once(h, w[o], epsilon), w[o + 1]${bias}), [B, ${H} + 2 * ${K}, ${A}])
      qk, v = torch.split_with_sizes(qkv, [${H} + ${K}, ${K}], 1)
      if ${norms} == 1:
        qk = (self).normalize_heads(qk, w[o + ${per_layer} - 1])[0]
      q, k = torch.split_with_sizes((self).rotate(qk, cos, sin), [${H}, ${K}], 1)
      torch.copy_(torch.select(keys[l], 2, slot), torch.transpose(k, 0, 1))
      torch.copy_(torch.select(values[l], 2, slot), torch.transpose(v, 0, 1))
      q4 = torch.contiguous(torch.transpose(torch.view(q, [B, ${K}, ${G}, ${A}]), 0, 1))
      past_keys = torch.transpose(torch.view(past[l], [${K} * U, P, ${A}]), 1, 2)
      before = (self).scattered(torch.baddbmm(past_mask, (self).gathered(q4, grid, U), past_keys, alpha=${scale}), back)
      if torch.size(gone, 0) > 0:
        before = torch.view(torch.add(torch.view(before, [${K}, B, ${G}, P]), gone), [${K} * B, ${G}, P])
      own_keys = torch.transpose(torch.view(keys[l], [${K} * B, S, ${A}]), 1, 2)
      own = torch.baddbmm(mask, torch.view(q4, [${K} * B, ${G}, ${A}]), own_keys, alpha=${scale})
      p_before, p_own = torch.split_with_sizes(torch.softmax(torch.cat([before, own], -1), -1), [P, S], -1)
      a = torch.bmm((self).gathered(torch.view(p_before, [${K}, B, ${G}, P]), grid, U), torch.view(past[${L} + l], [${K} * U, P, ${A}]))
      a = torch.baddbmm((self).scattered(a, back), p_own, torch.view(values[l], [${K} * B, S, ${A}]))
      attended = torch.reshape(torch.transpose(torch.view(a, [${K}, B, ${G}, ${A}]), 0, 1), [B, ${H} * ${A}])
      h = (self).finish_layer(h, attended, w, o, epsilon)
    return (self).last_logits(h, w, epsilon)

  # the top_k likeliest tokens (all if 0), of those the fewest that reach top_p, and of these the
  # ones with at least min_p of the likeliest's probability; the others get probability zero.
  # logp: (B, V)
  def truncate(self: __torch__.CausalLM, logp: Tensor, top_p: float, top_k: int, min_p: float) -> Tensor:
    ordered, order = torch.sort(logp, -1, True)
    if top_k > 0 and top_k < ${V}:
      torch.fill_(torch.narrow(ordered, 1, top_k, ${V} - top_k), -inf)
    p = torch.softmax(ordered, -1)
    dropped = torch.ge(torch.sub(torch.cumsum(p, -1), p), top_p)
    dropped = torch.logical_or(dropped, torch.eq(p, 0.))
    if min_p > 0.:
      dropped = torch.logical_or(dropped, torch.lt(p, torch.mul(torch.narrow(p, 1, 0, 1), min_p)))
    torch.fill_(torch.narrow(dropped, 1, 0, 1), False)
    return torch.masked_fill(logp, torch.scatter(dropped, 1, order, dropped), -inf)

  # logp: (B, V), u: (B) uniform in [0, 1) -> the first token whose cumulative probability exceeds
  # u, (B, 1)
  def draw(self: __torch__.CausalLM, logp: Tensor, u: Tensor) -> Tensor:
    sums = torch.cumsum(torch.exp(logp), -1)
    u2 = torch.mul(torch.unsqueeze(u, 1), torch.narrow(sums, 1, ${V} - 1, 1))
    return torch.clamp_max(torch.searchsorted(sums, u2, right=True), ${V} - 1)

  # Decoding keeps, for each row, one completion: the logits of its next token (B, V), its keys and
  # values L times (K, B, S, A), and which of the S slots it may look at (B, S). All rows write the
  # same slot at a time; a row that joined later begins at a later slot. Of each of the prompts that
  # they follow it keeps keys and values L times (K, U, P, A), which of the P tokens are its own
  # (U, P), and the logits after the last one (U, V).

  # prompts: (U, P) padded on the left by pads: (U) -> of prompts: keys, values, mask, logits
  def prefill(self: __torch__.CausalLM, theta: Tensor, prompts: Tensor, pads: Tensor) -> List[Tensor]:
    w = (self).unpack(theta)
    U = torch.size(prompts, 0)
    P = torch.size(prompts, 1)
    all_cos, all_sin = (self).angles(P, theta)
    slots = torch.arange(P, device=ops.prim.device(theta))
    times = torch.clamp_min(torch.sub(torch.unsqueeze(slots, 0), torch.unsqueeze(pads, 1)), 0)
    cos = torch.view(torch.embedding(all_cos, times), [U * P, 1, ${A}])
    sin = torch.view(torch.embedding(all_sin, times), [U * P, 1, ${A}])
    before = torch.lt(torch.unsqueeze(slots, 0), torch.unsqueeze(pads, 1))  # (U, P)
    later = torch.gt(torch.unsqueeze(slots, 0), torch.unsqueeze(slots, 1))  # (P, P)
    if ${window} > 0:
      later = torch.logical_or(later, torch.le(torch.unsqueeze(slots, 0), torch.unsqueeze(torch.sub(slots, ${window}), 1)))
    unseen = torch.logical_or(torch.unsqueeze(before, 1), later)
    mask = torch.masked_fill(torch.new_zeros(theta, [U, P, P], dtype=${dtype}), unseen, -1000000000.)
    mask = torch.reshape(torch.expand(torch.view(mask, [1, U, 1, P, P]), [${K}, U, ${G}, P, P]), [${K} * U, ${G} * P, P])
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    h = torch.embedding(w[0], torch.view(prompts, [-1]))
    epsilon = torch.full([1], ${epsilon}, dtype=6, device=ops.prim.device(h))
    for l in range(${L}):
      o = 1 + l * ${per_layer}
      qkv = torch.view(torch.linear((self).normalize_once(h, w[o], epsilon), w[o + 1]${bias}), [U * P, ${H} + 2 * ${K}, ${A}])
      qk, v = torch.split_with_sizes(qkv, [${H} + ${K}, ${K}], 1)
      if ${norms} == 1:
        qk = (self).normalize_heads(qk, w[o + ${per_layer} - 1])[0]
      q, k = torch.split_with_sizes((self).rotate(qk, cos, sin), [${H}, ${K}], 1)
      torch.append(keys, torch.contiguous(torch.permute(torch.view(k, [U, P, ${K}, ${A}]), [2, 0, 1, 3])))
      torch.append(values, torch.contiguous(torch.permute(torch.view(v, [U, P, ${K}, ${A}]), [2, 0, 1, 3])))
      q3 = torch.reshape(torch.permute(torch.view(q, [U, P, ${K}, ${G}, ${A}]), [2, 0, 3, 1, 4]), [${K} * U, ${G} * P, ${A}])
      scores = torch.baddbmm(mask, q3, torch.transpose(torch.view(keys[l], [${K} * U, P, ${A}]), 1, 2), alpha=${scale})
      a = torch.bmm(torch.softmax(scores, -1), torch.view(values[l], [${K} * U, P, ${A}]))
      attended = torch.reshape(torch.permute(torch.view(a, [${K}, U, ${G}, P, ${A}]), [1, 3, 0, 2, 4]), [U * P, ${H} * ${A}])
      h = (self).finish_layer(h, attended, w, o, epsilon)
    last = torch.select(torch.view(h, [U, P, ${D}]), 1, P - 1)
    own = torch.masked_fill(torch.new_zeros(theta, [U, P], dtype=${dtype}), before, -1000000000.)
    return torch.add(torch.add(keys, values), [own, (self).last_logits(last, w, epsilon)])

  # prompts as prefill gave them: those in kept
  def keep(self: __torch__.CausalLM, prompts: List[Tensor], kept: Tensor) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for x in prompts[:2 * ${L}]:
      torch.append(result, torch.index_select(x, 1, kept))
    for x in prompts[2 * ${L}:]:
      torch.append(result, torch.index_select(x, 0, kept))
    return result

  # prompts as prefill gave them, and more that are no longer, filled up on the left
  def gather(self: __torch__.CausalLM, prompts: List[Tensor], more: List[Tensor]) -> List[Tensor]:
    fill = torch.size(prompts[0], 2) - torch.size(more[0], 2)
    result = annotate(List[Tensor], [])
    for i in range(2 * ${L}):
      torch.append(result, torch.cat([prompts[i], torch.constant_pad_nd(more[i], [0, 0, fill, 0], 0.)], 1))
    m = 2 * ${L}
    torch.append(result, torch.cat([prompts[m], torch.constant_pad_nd(more[m], [fill, 0], -1000000000.)]))
    return torch.append(result, torch.cat([prompts[m + 1], more[m + 1]]))

  # The rows of a state that are kept, then a row for each of owners: (C), which prompts the new ones
  # follow. state: what decode gave without the first two; prompts: as prefill gave them; begins:
  # (B) the first slot of each row; place: the slot that comes next, the slots wanted, and how many
  # leading slots nobody looks at any more -> state
  def admit(self: __torch__.CausalLM, state: List[Tensor], prompts: List[Tensor], kept: Tensor, owners: Tensor, begins: Tensor, place: Tensor) -> List[Tensor]:
    slot = int(place[0])
    room = int(place[1])
    shift = int(place[2])
    b = torch.size(kept, 0)
    c = torch.size(owners, 0)
    like = prompts[0]
    first = torch.index_select(prompts[2 * ${L} + 1], 0, owners)
    if b > 0:
      first = torch.cat([torch.index_select(state[0], 0, kept), first])
    result = [first]
    for l in range(2 * ${L}):
      cache = torch.new_zeros(like, [${K}, b + c, room, ${A}])
      if b > 0:
        old = torch.size(state[l + 1], 2) - shift
        rows = torch.index_select(torch.narrow(state[l + 1], 2, shift, old), 1, kept)
        torch.copy_(torch.narrow(torch.narrow(cache, 1, 0, b), 2, 0, old), rows)
      torch.append(result, cache)
    slots = torch.unsqueeze(torch.arange(room, device=ops.prim.device(like)), 0)
    closed = torch.logical_or(torch.lt(slots, torch.unsqueeze(begins, 1)), torch.ge(slots, slot))
    if ${window} > 0:
      closed = torch.logical_or(closed, torch.le(slots, slot - ${window}))
    mask = torch.masked_fill(torch.new_zeros(like, [b + c, room]), closed, -1000000000.)
    return torch.append(result, mask)

  # mask: (B, S) -> for each key head (K B, 1, S)
  def per_head(self: __torch__.CausalLM, mask: Tensor) -> Tensor:
    n = torch.size(mask, 1)
    return torch.reshape(torch.expand(torch.unsqueeze(mask, 0), [${K}, -1, n]), [-1, 1, n])

  # Some tokens for every row. grid and back: as in extend; offsets: (B), what to add to a slot to
  # have the position in the row; begins: (B), the first slot of each row; uniforms: (n, B); settings: temperature (0 for the likeliest token),
  # top_p, top_k, min_p, the slot that comes next, the positions needed
  # -> tokens (n, B), their log probabilities (n, B), then state
  def decode(self: __torch__.CausalLM, theta: Tensor, state: List[Tensor], prompts: List[Tensor], grid: Tensor, back: Tensor, offsets: Tensor, begins: Tensor, uniforms: Tensor, settings: Tensor) -> List[Tensor]:
    device = ops.prim.device(theta)
    w = (self).unpack(theta)
    temperature = float(settings[0])
    top_p = float(settings[1])
    top_k = int(settings[2])
    min_p = float(settings[3])
    slot = int(settings[4])
    logits = state[0]
    keys = state[1:${L} + 1]
    values = state[${L} + 1:2 * ${L} + 1]
    mask = state[2 * ${L} + 1]
    seen = (self).per_head(mask)
    past_mask = (self).per_head(prompts[2 * ${L}])
    cos, sin = (self).angles(int(settings[5]), theta)
    n = torch.size(uniforms, 0)
    b = torch.size(uniforms, 1)
    P = torch.size(prompts[0], 2)
    gone = torch.new_zeros(mask, [0])
    # a prompt's slot p lies P - p tokens before the first slot of its rows
    places = torch.unsqueeze(torch.sub(torch.arange(P, device=device), P), 0)
    ages = torch.add(places, torch.unsqueeze(begins, 1))
    tokens = torch.zeros([n, b], dtype=4, device=device)
    logps = torch.zeros([n, b], dtype=6, device=device)
    for i in range(n):
      if temperature > 0. and temperature != 1.:
        logits = torch.div(logits, temperature)
      logp = torch.log_softmax(logits, -1)
      if temperature == 0.:
        token = torch.argmax(logp, -1, True)
      elif top_p < 1. or top_k > 0 or min_p > 0.:
        token = (self).draw((self).truncate(logp, top_p, top_k, min_p), torch.select(uniforms, 0, i))
      else:
        token = (self).draw(logp, torch.select(uniforms, 0, i))
      torch.copy_(torch.select(tokens, 0, i), torch.squeeze(token, 1))
      torch.copy_(torch.select(logps, 0, i), torch.squeeze(torch.gather(logp, 1, token), 1))
      torch.fill_(torch.select(mask, 1, slot), 0)
      torch.fill_(torch.select(seen, 2, slot), 0)
      if ${window} > 0:
        gone = torch.masked_fill(torch.new_zeros(mask, [b, 1, P]), torch.unsqueeze(torch.le(ages, slot - ${window}), 1), -1000000000.)
        if slot >= ${window}:
          torch.fill_(torch.select(mask, 1, slot - ${window}), -1000000000.)
          torch.fill_(torch.select(seen, 2, slot - ${window}), -1000000000.)
      time = torch.add(offsets, slot)
      logits = (self).extend(w, torch.squeeze(token, 1), torch.unsqueeze(torch.embedding(cos, time), 1), torch.unsqueeze(torch.embedding(sin, time), 1), seen, keys, values, slot, prompts, past_mask, gone, grid, back)
      slot = slot + 1
    return torch.add(torch.add(torch.add([tokens, logps, logits], keys), values), [mask])
