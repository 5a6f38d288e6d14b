"""What lies in the output folder, and how does a file get there?"""
