"""What answers for a person's code in Python: a package, so that none of its modules takes the name of one of theirs."""
