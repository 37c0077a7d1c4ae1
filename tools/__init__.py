"""What the launcher is made of. What it needs before the virtual environment exists is standard library only."""
