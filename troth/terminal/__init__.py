"""What the commands of `troth/cli.py` do and say: a file a command, besides what all share."""
