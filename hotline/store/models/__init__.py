"""One module per area, all on one `Base`; importing this package's modules fills `Base.metadata`."""
