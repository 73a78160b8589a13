"""The terminal app: workers compute and post messages, handlers touch widgets."""
