"""What can a user ask for? One module or package a command; `cli` calls them and prints what they give."""
