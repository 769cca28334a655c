//! Three-valued conditions in the Common Expression Language.
//!
//! The `cel` crate parses; the tree is then compiled against the fact model
//! into a typed tree, in which an ill-typed condition cannot be written down,
//! and evaluated here, because CEL itself has no "not known". The semantics
//! stand in `docs/reference/policy-files.md`.

mod compile;
mod eval;
mod ir;
#[cfg(test)]
mod tests;

pub(crate) use compile::Scope;
pub(crate) use eval::Env;
pub(crate) use ir::FieldRef;

use ir::TruthExpr;
use portcullis_domain::Truth;

/// Longest condition that is read, in bytes. A longer one is refused.
pub const MAX_CONDITION_BYTES: usize = 4_000;

/// Deepest nesting of a condition. A deeper one is refused.
pub const MAX_CONDITION_DEPTH: usize = 10;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    source: String,
    expr: TruthExpr,
}

impl Condition {
    /// Compiles; the errors say everything that is wrong.
    pub fn compile(source: &str, scope: &Scope<'_>) -> Result<Condition, Vec<String>> {
        Ok(Condition {
            source: source.trim().to_owned(),
            expr: compile::compile(source, scope)?,
        })
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds; unknown where what is known does not decide it.
    pub fn holds(&self, env: &Env<'_>) -> Truth {
        eval::truth(&self.expr, env)
    }
}
