# Low-rank adapters of some matrices in one flat vector. TorchScript in its stored form; the lists give
# where each adapted matrix begins, its rows and its columns; ${sizes} are those of A and B in turn.
class Lora(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # theta, merged: (size) fp32, adapters: (adapter size) fp32 -> merged, in place, which may be theta
  def merge(self: __torch__.Lora, theta: Tensor, adapters: Tensor, merged: Tensor) -> Tensor:
    offsets = [${offsets}]
    rows = [${rows}]
    columns = [${columns}]
    ranks = [${ranks}]
    scales = [${scales}]
    parts = torch.split_with_sizes(adapters, [${sizes}])
    torch.copy_(merged, theta)
    for i in range(torch.len(offsets)):
      a = torch.view(parts[2 * i], [ranks[i], columns[i]])
      b = torch.view(parts[2 * i + 1], [rows[i], ranks[i]])
      w = torch.view(torch.narrow(merged, 0, offsets[i], rows[i] * columns[i]), [rows[i], columns[i]])
      torch.addmm_(w, b, a, alpha=scales[i])
    return merged
