"""The quiz: raters answer worked examples, and read at once what is right."""
