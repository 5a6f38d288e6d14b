"""What does a save of a Discourse topic say? `json` reads it; `topics` finds in it what belongs to a topic."""
