//! Small helpers around `sqlx::Any`: pages, times, errors, many rows in one statement.

/// Which rows of a long answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows to pass over.
    pub offset: u64,
    /// Rows to return, at most.
    pub limit: u64,
}

/// One page of a long answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows in all.
    pub total: u64,
}
