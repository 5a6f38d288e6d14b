"""The command `serve`: build, serve, and build again when files change."""
