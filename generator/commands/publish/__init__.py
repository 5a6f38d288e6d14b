"""The command `publish`: the output as one commit on a branch."""
