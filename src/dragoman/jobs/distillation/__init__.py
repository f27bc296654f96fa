"""Parts of the verb distill: from a trained model to a smaller one that has learnt from it."""
