"""Pictures that are kept: stored by imports, shown to members, taken away with what showed them."""
