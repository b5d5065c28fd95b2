//! The syntax stage: text → (syntax tree, diagnostics). Never fails.

pub mod ast;
