//! A panic in any code of the user's is an error that names the task, on one thread and on many; nothing hangs.
