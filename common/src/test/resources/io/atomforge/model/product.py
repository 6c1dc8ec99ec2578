class Product(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def product(self: __torch__.Product, a: Tensor, b: Tensor) -> Tensor:
    return ${product}
