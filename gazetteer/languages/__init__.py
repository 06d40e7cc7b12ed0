"""The words of languages other than English around place names: a table a language."""
