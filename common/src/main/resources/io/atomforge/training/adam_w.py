# AdamW over one flat vector in which decayed and not decayed runs of parameters alternate, and which
# may end with a value head that has a learning rate of its own and is not decayed. TorchScript in its
# stored form; ${sizes} are the lengths of the ${runs} runs, a decayed one first, and of the head.
class AdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # which 0 and 1: every second run, from the first or from the second; 2: the value head
  def runs(self: __torch__.AdamW, x: Tensor, which: int) -> List[Tensor]:
    all = torch.split_with_sizes(x, [${sizes}])
    if which == 2:
      runs = all[${runs}:]
    else:
      runs = all[which:${runs}:2]
    return runs

  def update(self: __torch__.AdamW, theta: Tensor, g: Tensor, m: Tensor, v: Tensor, step: Tensor, which: int, rate: float, settings: Tensor, decay: float, shrink: Tensor) -> None:
    parameters = (self).runs(theta, which)
    steps = annotate(List[Tensor], [])
    for p in parameters:
      torch.append(steps, step)
    torch._fused_adamw_(parameters, (self).runs(g, which), (self).runs(m, which), (self).runs(v, which), annotate(List[Tensor], []), steps, lr=rate, beta1=float(settings[1]), beta2=float(settings[2]), weight_decay=decay, eps=float(settings[3]), amsgrad=False, maximize=False, grad_scale=shrink)

  # theta, g, m, v: (size) fp32, g a sum; step: () fp32; settings (fp64): learning rate, beta1, beta2,
  # epsilon, weight decay, divisor of g, greatest norm, the head's learning rate -> the norm of the
  # divided gradient
  def step(self: __torch__.AdamW, theta: Tensor, g: Tensor, m: Tensor, v: Tensor, step: Tensor, settings: Tensor) -> Tensor:
    divisor = torch.select(settings, 0, 5)
    norm = torch.div(torch.to(torch.linalg_vector_norm(g, 2), 7), divisor)
    if bool(torch.isfinite(norm)):
      clipped = torch.clamp_min(torch.div(torch.add(norm, 1e-06), torch.select(settings, 0, 6)), 1.)
      shrink = torch.to(torch.mul(clipped, divisor), 6)
      torch.add_(step, 1)
      (self).update(theta, g, m, v, step, 0, float(settings[0]), settings, float(settings[4]), shrink)
      (self).update(theta, g, m, v, step, 1, float(settings[0]), settings, 0., shrink)
      if ${value_head} > 0:
        (self).update(theta, g, m, v, step, 2, float(settings[7]), settings, 0., shrink)
    return norm
