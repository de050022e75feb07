"""Plan templates: steps as somebody writes them, what is wrong with them, their words, their versions."""
