"""Words of a report: sentences, forms of words, event words, whether it happened, and who acted."""
