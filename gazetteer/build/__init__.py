"""Sources to data: one module a source, `assemble` puts them together, `download` fetches them."""
