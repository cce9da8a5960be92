"""Break things under load, and count what is left."""
