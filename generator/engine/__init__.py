"""What is to be done, and in what order? A site in, its pages in the output; `build` is the spine."""
