// Stands in for a runner that cannot start, such as one on a machine without its files.
process.exit(1);
