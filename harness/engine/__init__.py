"""The container engine: whether it can be used, images, containers, and that none of a run stays behind."""
