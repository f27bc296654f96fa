"""The bundle (the model directory) and the façade that translates with it. Knows no training."""
