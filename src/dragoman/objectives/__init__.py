"""(model, batch) → loss. Knows neither the loop nor the optimizer."""

from dragoman.base.catalog import Catalog

OBJECTIVES = Catalog(
    "objective",
    {
        "cross_entropy": "dragoman.objectives.cross_entropy:CrossEntropy",
        "r_drop": "dragoman.objectives.consistency:RDrop",
        "simcut": "dragoman.objectives.consistency:SimCut",
        "distillation": "dragoman.objectives.distillation:Distillation",
        "masked": "dragoman.objectives.masked:Masked",
        "denoising": "dragoman.objectives.denoising:Denoising",
        "mass": "dragoman.objectives.mass:Mass",
    },
)
