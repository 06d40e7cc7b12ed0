"""The formats of the field's own data, a module a source."""
