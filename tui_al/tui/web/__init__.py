"""The app in a browser: a server on this machine, and the app as its child process."""
