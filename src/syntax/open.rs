//! The brackets open in a header, and how deep they and pending conditions nest.

/// Brackets open in a header.
#[derive(Default)]
pub struct Open {
    /// Token index and the conditions pending outside of it.
    pub list: Vec<(usize, usize)>,
    /// `if` and `in` since the last bracket or separator.
    pub conditions: usize,
    /// Sum of the conditions pending outside.
    outside: usize,
    /// `where` or `when` was seen outside all brackets.
    pub filtered: bool,
}

impl Open {
    /// No bracket is open.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The innermost open bracket.
    pub fn top(&self) -> Option<usize> {
        self.list.last().map(|(at, _)| *at)
    }

    /// Opens one.
    pub fn push(&mut self, at: usize) {
        self.list.push((at, self.conditions));
        self.outside += self.conditions;
        self.conditions = 0;
    }

    /// Closes the innermost one.
    pub fn pop(&mut self) {
        if let Some((_, conditions)) = self.list.pop() {
            self.outside -= conditions;
            self.conditions = conditions;
        }
    }

    /// Nesting of brackets and conditions together.
    pub fn weight(&self) -> usize {
        self.list.len() + self.outside + self.conditions
    }
}
