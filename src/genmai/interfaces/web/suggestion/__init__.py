"""What suggestions are made of, how they fare, and learning anew."""
