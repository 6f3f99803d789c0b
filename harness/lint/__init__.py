"""What is wrong with somebody's configuration file of Tasker, found without starting anything."""
