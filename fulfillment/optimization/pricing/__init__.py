"""Price stock for online decisions: what a unit taken now would have saved later."""

from fulfillment.optimization.pricing.blend import blend
from fulfillment.optimization.pricing.marginal import marginal_values
from fulfillment.optimization.pricing.network import Network, Skus, cover
from fulfillment.optimization.pricing.poisson import at_least

__all__ = ["Network", "Skus", "at_least", "blend", "cover", "marginal_values"]
