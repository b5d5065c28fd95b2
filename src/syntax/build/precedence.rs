//! Operator precedence: a flat list of operands and operators becomes a tree.
//!
//! Loosest first: `=>`, `or`, `and`, `not`, comparisons and `in`, `..`, `+-`, `+ -`, `* /` and `of`,
//! unary `-`, `^`. A chain `a <= x <= b` means `a <= x and x <= b`. Long sums, products, conjunctions
//! and disjunctions become balanced trees: their depth grows with the logarithm of their length.

use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use std::iter::Peekable;

/// Chains up to this length are read strictly from the left, longer ones as balanced trees.
const FOLD: usize = 16;
/// Prefixes, powers and other operators that cannot be balanced may nest this deep in one list.
const MAX_DEPTH: usize = 64;
/// Nodes that comparison chains may repeat in one list.
const MAX_COPIES: usize = 20_000;

/// A part of a flat expression.
pub enum Item {
    /// `-` or `not` before an operand.
    Prefix(UnaryOp, Span),
    /// An operator between operands.
    Infix(Infix),
    /// An operand.
    Operand(Expr),
}

/// An operator between operands.
#[derive(Clone, Copy, PartialEq)]
pub enum Infix {
    /// One with a node of its own name.
    Binary(BinaryOp),
    /// `..`
    Range,
}

/// The operator of a text.
pub fn operator(text: &str) -> Option<Infix> {
    use BinaryOp as B;
    Some(Infix::Binary(match text {
        "=>" => B::Implies,
        "or" => B::Or,
        "and" => B::And,
        "<=" => B::Le,
        ">=" => B::Ge,
        "<" => B::Lt,
        ">" => B::Gt,
        "=" => B::Eq,
        "!=" => B::Ne,
        "in" => B::In,
        "+-" => B::PlusMinus,
        "+" => B::Add,
        "-" => B::Sub,
        "*" => B::Mul,
        "/" => B::Div,
        "of" => B::Of,
        "^" => B::Pow,
        ".." => return Some(Infix::Range),
        _ => return None,
    }))
}

const NOT: u8 = 4;
const COMPARE: u8 = 5;
const NEGATE: u8 = 10;

fn strength(infix: Infix) -> u8 {
    use BinaryOp as B;
    match infix {
        Infix::Range => 6,
        Infix::Binary(op) => match op {
            B::Implies => 1,
            B::Or => 2,
            B::And => 3,
            B::Le | B::Ge | B::Lt | B::Gt | B::Eq | B::Ne | B::In => COMPARE,
            B::PlusMinus => 7,
            B::Add | B::Sub => 8,
            B::Mul | B::Div | B::Of => 9,
            B::Pow => 11,
        },
    }
}

type Items = Peekable<std::vec::IntoIter<Item>>;

/// The tree of a list; none where it would be too deep.
pub fn tree(items: Vec<Item>) -> Option<Expr> {
    let mut climber = Climber { items: items.into_iter().peekable(), copies: 0 };
    climber.climb(0, 0)
}

struct Climber {
    items: Items,
    copies: usize,
}

impl Climber {
    fn next_infix(&mut self, least: u8) -> Option<Infix> {
        match self.items.peek() {
            Some(Item::Infix(infix)) if strength(*infix) >= least => {
                let infix = *infix;
                self.items.next();
                Some(infix)
            }
            _ => None,
        }
    }

    fn climb(&mut self, least: u8, depth: usize) -> Option<Expr> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut left = match self.items.next()? {
            Item::Operand(expr) => expr,
            Item::Prefix(op, span) => {
                let inner = self.climb(if op == UnaryOp::Not { NOT } else { NEGATE }, depth + 1)?;
                Expr { span: span.to(inner.span), kind: ExprKind::Unary(op, Box::new(inner)) }
            }
            Item::Infix(_) => return None,
        };
        let mut links = 0;
        while let Some(infix) = self.next_infix(least) {
            let own = strength(infix);
            links += 1;
            if links > MAX_DEPTH {
                return None;
            }
            left = match infix {
                Infix::Range => {
                    let right = self.climb(own + 1, depth + 1)?;
                    Expr { span: left.span.to(right.span), kind: ExprKind::Range(Box::new(left), Box::new(right)) }
                }
                Infix::Binary(op @ (BinaryOp::Pow | BinaryOp::Implies)) => {
                    binary(op, left, self.climb(own, depth + 1)?)
                }
                Infix::Binary(op) if own == COMPARE => self.comparisons(op, left, depth)?,
                Infix::Binary(op) if chains(op) => {
                    let mut terms = vec![(op, left), (op, self.climb(own + 1, depth + 1)?)];
                    while let Some(Infix::Binary(next)) = self.next_chained(op) {
                        terms.push((next, self.climb(own + 1, depth + 1)?));
                    }
                    balanced(terms)?
                }
                Infix::Binary(op) => binary(op, left, self.climb(own + 1, depth + 1)?),
            };
        }
        Some(left)
    }

    fn next_chained(&mut self, op: BinaryOp) -> Option<Infix> {
        match self.items.peek() {
            Some(Item::Infix(Infix::Binary(next))) if same_chain(op, *next) => {
                let next = Infix::Binary(*next);
                self.items.next();
                Some(next)
            }
            _ => None,
        }
    }

    /// `a <= x <= b` as `a <= x and x <= b`.
    fn comparisons(&mut self, op: BinaryOp, left: Expr, depth: usize) -> Option<Expr> {
        let mut middle = self.climb(COMPARE + 1, depth + 1)?;
        let Some(Item::Infix(next)) = self.items.peek() else { return Some(binary(op, left, middle)) };
        if strength(*next) != COMPARE {
            return Some(binary(op, left, middle));
        }
        let mut parts = vec![(BinaryOp::And, binary(op, left, middle.clone()))];
        while let Some(Infix::Binary(next)) = self.next_infix(COMPARE) {
            self.copies += size(&middle);
            if self.copies > MAX_COPIES {
                return None;
            }
            let right = self.climb(COMPARE + 1, depth + 1)?;
            parts.push((BinaryOp::And, binary(next, middle, right.clone())));
            middle = right;
        }
        balanced(parts)
    }
}

/// Operators whose chains may be regrouped without changing their meaning.
fn chains(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::And | BinaryOp::Or)
}

fn same_chain(op: BinaryOp, next: BinaryOp) -> bool {
    chains(next) && strength(Infix::Binary(op)) == strength(Infix::Binary(next))
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr { span: left.span.to(right.span), kind: ExprKind::Binary(op, Box::new(left), Box::new(right)) }
}

/// A chain as a tree: from the left where it is short, else split in halves. The operator of the
/// first term is not used. A half after `-` or `/` has its own signs turned.
fn balanced(mut terms: Vec<(BinaryOp, Expr)>) -> Option<Expr> {
    if terms.len() <= FOLD {
        let mut terms = terms.into_iter();
        let (_, first) = terms.next()?;
        return Some(terms.fold(first, |left, (op, right)| binary(op, left, right)));
    }
    let mut right = terms.split_off(terms.len() / 2);
    let op = right.first()?.0;
    if matches!(op, BinaryOp::Sub | BinaryOp::Div) {
        for (own, _) in right.iter_mut().skip(1) {
            *own = match *own {
                BinaryOp::Add => BinaryOp::Sub,
                BinaryOp::Sub => BinaryOp::Add,
                BinaryOp::Mul => BinaryOp::Div,
                BinaryOp::Div => BinaryOp::Mul,
                other => other,
            };
        }
    }
    Some(binary(op, balanced(terms)?, balanced(right)?))
}

/// Nodes of an expression, counted up to [`MAX_COPIES`].
fn size(expr: &Expr) -> usize {
    let mut stack = vec![expr];
    let mut count = 0;
    while let Some(next) = stack.pop() {
        count += 1;
        if count > MAX_COPIES {
            break;
        }
        crate::syntax::walk::children(next, &mut |child| stack.push(child));
    }
    count
}
