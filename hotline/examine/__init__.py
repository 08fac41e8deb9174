"""How well the assistant understands: the exams, the arithmetic, the measurements and their report."""
