"""Files as people hand them in, each with what an import must make of it."""
