"""Numbers and texts of a run → a tracker that shows them elsewhere. Knows neither models nor how a run is made."""

from dragoman.base.catalog import Catalog

TRACKERS = Catalog(
    "tracker",
    {
        "tensorboard": "dragoman.tracking.tensorboard:TensorBoard",
        "wandb": "dragoman.tracking.weights_and_biases:WeightsAndBiases",
    },
)
