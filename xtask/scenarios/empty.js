// Nothing: what a process asks the system for without any program.
