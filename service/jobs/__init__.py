"""What Annals does by itself: the jobs, who leads them, and what became of them."""
