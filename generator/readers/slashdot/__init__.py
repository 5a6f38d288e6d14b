"""What does a save of a Slashdot story say? `text` reads the text save; the other modules find the parts of one."""
