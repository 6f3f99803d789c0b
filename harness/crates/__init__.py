"""What Rust's crate registry has of Tasker, fetched or built once and then kept in the user's cache."""
