"""What the launcher is made of. Everything needed before the virtual environment exists uses the standard library only."""
