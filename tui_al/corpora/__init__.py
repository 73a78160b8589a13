"""Text and labels: from the user's files, a mirror directory, a package, or the Hub."""
