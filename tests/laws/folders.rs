//! In a folder that is the user's, no file changes but the library's own.
