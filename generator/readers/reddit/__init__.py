"""What does a save of a Reddit thread say? `json` reads exports, `html` saved pages; the others what these share."""
