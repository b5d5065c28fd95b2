//! Functions and folds of the language, each once: how it is written, how many arguments it takes, what it is.
//! Typing, completion, hover and proposals for misspelt words read it; a test holds docs/language.md against it.

/// A function, or a fold over indices; some are both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// As it is written.
    pub form: &'static str,
    /// Least and greatest number of arguments of the function; none where it only folds.
    pub arguments: Option<(usize, usize)>,
    /// Does it run over indices?
    pub folds: bool,
    /// What it is, in one sentence.
    pub doc: &'static str,
}

/// As many arguments as one likes.
const MANY: usize = 99;

const fn function(name: &'static str, form: &'static str, arguments: (usize, usize), doc: &'static str) -> Word {
    Word { name, form, arguments: Some(arguments), folds: false, doc }
}

const fn fold(name: &'static str, form: &'static str, doc: &'static str) -> Word {
    Word { name, form, arguments: None, folds: true, doc }
}

/// All of them.
pub const WORDS: [Word; 29] = [
    fold("sum", "sum(i in set where condition: x[i])", "The sum over a set; 0 over none."),
    fold("integral", "integral(t: p[t])", "The sum over the periods times the step: power becomes energy."),
    fold("any", "any(i in set: condition)", "Does it hold for one at least?"),
    fold("all", "all(i in set: condition)", "Does it hold for each?"),
    fold("expected", "expected(s: x)", "The mean over the scenarios, by their probabilities."),
    Word {
        name: "count",
        form: "count(set), count(i in set: condition)",
        arguments: Some((1, 1)),
        folds: true,
        doc: "How many elements a set has, or for how many a condition holds.",
    },
    Word {
        name: "min",
        form: "min(x, y, …), min(i in set: x[i])",
        arguments: Some((1, MANY)),
        folds: true,
        doc: "The least value. Of decisions it may stand where it is concave.",
    },
    Word {
        name: "max",
        form: "max(x, y, …), max(i in set: x[i])",
        arguments: Some((1, MANY)),
        folds: true,
        doc: "The greatest value. Of decisions it may stand where it is convex.",
    },
    function("abs", "abs(x)", (1, 1), "The absolute value."),
    function("hypot", "hypot(x, y, …)", (2, MANY), "The root of the sum of the squares: a second-order cone."),
    function("sqrt", "sqrt(x)", (1, 1), "The square root of data; units are halved."),
    function("sin", "sin(x)", (1, 1), "The sine of an angle."),
    function("cos", "cos(x)", (1, 1), "The cosine of an angle."),
    function("tan", "tan(x)", (1, 1), "The tangent of an angle."),
    function("acos", "acos(x)", (1, 1), "The angle with this cosine, such as a power factor."),
    function("exp", "exp(x)", (1, 1), "e to the power of a plain number."),
    function("log", "log(x)", (1, 1), "The natural logarithm of a plain number."),
    function("floor", "floor(x)", (1, 1), "The whole number at or below."),
    function("ceil", "ceil(x)", (1, 1), "The whole number at or above."),
    function("round", "round(x)", (1, 1), "The nearest whole number."),
    function(
        "piecewise",
        "piecewise(x, [x1, x2, …], [y1, y2, …])",
        (3, 3),
        "The lines through points; it is not defined beyond them.",
    ),
    function(
        "piecewise_square",
        "piecewise_square(x, segments, range, grading)",
        (2, 4),
        "x² by lines through the points range·(k/segments)^grading.",
    ),
    function("exact", "exact(f)", (1, 1), "f may stand where it is not convex: binaries choose its piece."),
    function(
        "exact_on_demand",
        "exact_on_demand(f)",
        (1, 1),
        "The same, with binaries only where a solution without them is off.",
    ),
    // Written `x is constant 1`.
    function("is_constant", "x is constant 1", (2, 2), "Is it known before solving, with this value?"),
    function(
        "greatest",
        "greatest(x)",
        (1, 1),
        "The most that x can be, by ranges of factors and limits of variables.",
    ),
    function(
        "reach",
        "reach(b.active[t])",
        (1, 1),
        "The greatest absolute value that what is injected into a balance can add up to, network flows aside.",
    ),
    function(
        "net_most",
        "net_most(b.active[t])",
        (1, 1),
        "The greatest value of what is injected into a balance; negative where it can only be drawn.",
    ),
    function(
        "net_least",
        "net_least(b.active[t])",
        (1, 1),
        "The least value of what is injected into a balance; negative where it can be drawn.",
    ),
];

/// Conversions that are written often; every kind's name is one.
pub const CONVERSIONS: [&str; 3] = ["active", "reactive", "apparent"];

/// The word of this name.
pub fn word(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|w| w.name == name)
}

/// Names of the folds.
pub fn folds() -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(|w| w.folds).map(|w| w.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_on_the_page_of_the_language() {
        let page = include_str!("../../docs/language.md");
        let tables: Vec<&str> = page.lines().filter(|l| l.starts_with('|')).collect();
        let code = |line: &&str| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let shown: Vec<String> = tables.iter().flat_map(code).collect();
        for w in WORDS {
            let written = if w.name == "is_constant" { "is constant" } else { w.name };
            let stands = |text: &String| {
                let apart = |c: char| !(c.is_alphanumeric() || c == '_' || (c == ' ' && written.contains(' ')));
                text.split(apart).any(|part| part.trim() == written || part.trim().ends_with(&format!(" {written} 1")))
                    || text.split_whitespace().any(|part| part == written)
            };
            assert!(shown.iter().any(stands), "`{written}` is in no table of docs/language.md");
        }
    }
}
