"""What can a user ask for? A module or package for each command; `cli` calls them and prints what they return.

`archive`, `progress`, `terminal` and `crash` are for all commands. `build` is the package `engine`.
"""
