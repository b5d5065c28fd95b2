//! Recursive-descent parser of case files: text to statements, one error at most.

use super::scan::{Mode, Scanner};
use super::syntax::{Binary, Expr, ExprKind, Place, Statement, Target, Unary};
use super::{Trouble, unreadable, unsupported};

/// Deepest nesting of expressions and blocks.
const DEPTH: usize = 60;
/// Tallest expression tree: chains of operators grow it without nesting.
const HEIGHT: u16 = 250;
const KEYWORDS: [&str; 20] = [
    "function",
    "if",
    "elseif",
    "else",
    "end",
    "endif",
    "endfunction",
    "return",
    "for",
    "while",
    "switch",
    "case",
    "otherwise",
    "try",
    "catch",
    "global",
    "persistent",
    "break",
    "continue",
    "parfor",
];

/// All statements of the first function (or script) of a file.
///
/// # Errors
/// The first piece of text that is not such a statement.
pub(super) fn parse(text: &str) -> Result<Vec<Statement>, Trouble> {
    let mut parser = Parser { scan: Scanner::new(text), mode: Mode::Line, index: 0, depth: 0 };
    let mut statements = Vec::new();
    loop {
        parser.skip_separators();
        if parser.scan.is_end() {
            return Ok(statements);
        }
        match parser.keyword() {
            Some("end" | "endfunction") => {
                parser.scan.identifier();
            }
            Some("function") if !statements.is_empty() => return Ok(statements),
            _ => statements.push(parser.statement()?),
        }
    }
}

struct Parser<'a> {
    scan: Scanner<'a>,
    mode: Mode,
    /// Nesting of index parentheses, where `end` is the last index.
    index: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn blanks(&mut self) {
        self.scan.skip_blanks(self.mode);
    }

    fn skip_separators(&mut self) {
        loop {
            self.blanks();
            if !matches!(self.scan.peek(0), b'\n' | b';' | b',') {
                return;
            }
            self.scan.at += 1;
        }
    }

    /// The keyword here, not consumed.
    fn keyword(&self) -> Option<&'a str> {
        let word = self.scan.clone().identifier()?;
        KEYWORDS.contains(&word).then_some(word)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Trouble>) -> Result<T, Trouble> {
        if self.depth >= DEPTH {
            return Err(unsupported(self.scan.here(), "the code is nested too deeply", "nested too deeply"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn unexpected(&self, wanted: &str) -> Trouble {
        if self.scan.is_end() {
            let text = self.scan.text.trim_end();
            let last = text.chars().next_back().map_or(0, char::len_utf8);
            let place = Place { start: (text.len() - last) as u32, end: text.len() as u32 };
            return unreadable(place, format!("the file ends where {wanted} is expected"), "the file ends here");
        }
        unreadable(self.scan.here(), format!("{wanted} is expected here"), format!("expected {wanted}"))
    }

    fn statement(&mut self) -> Result<Statement, Trouble> {
        let start = self.scan.at;
        let statement = match self.keyword() {
            Some("function") => self.function()?,
            Some("if") => return self.deeper(Self::if_block),
            Some("return") => {
                self.scan.identifier();
                Statement::Return
            }
            Some(word) => {
                self.scan.identifier();
                let place = self.scan.since(start);
                return Err(unsupported(place, format!("`{word}` is not evaluated by the importer"), "not evaluated")
                    .help("run the file in MATPOWER and export it with savecase, then import that"));
            }
            None => self.simple()?,
        };
        self.blanks();
        if !self.scan.is_end() && !matches!(self.scan.peek(0), b'\n' | b';' | b',') {
            return Err(self.unexpected("the end of the statement"));
        }
        Ok(statement)
    }

    /// `function mpc = name` or `function [a, b] = name(arguments)`.
    fn function(&mut self) -> Result<Statement, Trouble> {
        let start = self.scan.at;
        self.scan.identifier();
        self.blanks();
        let mut outputs = Vec::new();
        let mut name = String::new();
        if self.scan.peek(0) == b'[' {
            self.scan.at += 1;
            loop {
                self.scan.skip_blanks(Mode::Paren);
                match self.scan.peek(0) {
                    b',' => self.scan.at += 1,
                    b']' => break,
                    _ => match self.scan.identifier() {
                        Some(word) => outputs.push(word.to_owned()),
                        None => return Err(self.unexpected("the name of an output")),
                    },
                }
            }
            self.scan.at += 1;
        } else if let Some(word) = self.scan.identifier() {
            name = word.to_owned();
        }
        self.blanks();
        if self.scan.peek(0) == b'=' {
            self.scan.at += 1;
            self.blanks();
            if !name.is_empty() {
                outputs.push(std::mem::take(&mut name));
            }
            name = self.scan.identifier().unwrap_or_default().to_owned();
        }
        let place = self.scan.since(start);
        self.blanks();
        if self.scan.peek(0) == b'(' {
            while !self.scan.is_end() && !matches!(self.scan.peek(0), b')' | b'\n') {
                self.scan.at += 1;
            }
            self.scan.at += usize::from(self.scan.peek(0) == b')');
        }
        Ok(Statement::Function { place, outputs, name })
    }

    fn if_block(&mut self) -> Result<Statement, Trouble> {
        let start = self.scan.at;
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        self.scan.identifier();
        let mut condition = Some(self.expression()?);
        loop {
            let mut body = Vec::new();
            let stop = loop {
                self.skip_separators();
                match self.keyword() {
                    Some(word @ ("elseif" | "else" | "end" | "endif")) => break word,
                    _ if self.scan.is_end() => {
                        let place = Place { start: start as u32, end: start as u32 + 2 };
                        return Err(unreadable(place, "an `if` has no `end`", "never closed"));
                    }
                    _ => body.push(self.statement()?),
                }
            };
            self.scan.identifier();
            match condition.take() {
                Some(test) => branches.push((test, body)),
                None => otherwise = body,
            }
            match stop {
                "elseif" => condition = Some(self.expression()?),
                "else" => {}
                _ => return Ok(Statement::If { branches, otherwise }),
            }
        }
    }

    /// An assignment or a bare expression.
    fn simple(&mut self) -> Result<Statement, Trouble> {
        if self.scan.peek(0) == b'['
            && let Some(targets) = self.output_list()
        {
            let value = self.expression()?;
            return Ok(Statement::AssignMany { targets, value });
        }
        let left = self.expression()?;
        self.blanks();
        if self.scan.peek(0) != b'=' || self.scan.peek(1) == b'=' {
            return Ok(Statement::Bare(left));
        }
        let place = left.place;
        let (name, index) = match left.kind {
            ExprKind::Name(name) => (name, None),
            ExprKind::Apply { name, arguments } => (name, Some(arguments)),
            _ => return Err(unreadable(left.place, "nothing can be assigned to this", "not a name")),
        };
        self.scan.at += 1;
        self.blanks();
        let value = self.expression()?;
        Ok(Statement::Assign { target: Target { place, name, index }, value })
    }

    /// `[A, ~, B] =`, consumed; nothing if the bracket is not such a list.
    fn output_list(&mut self) -> Option<Vec<Option<String>>> {
        let mut ahead = self.scan.clone();
        ahead.at += 1;
        let mut targets = Vec::new();
        loop {
            ahead.skip_blanks(Mode::Paren);
            match ahead.peek(0) {
                b',' => ahead.at += 1,
                b'~' => {
                    ahead.at += 1;
                    targets.push(None);
                }
                b']' => break,
                _ => targets.push(Some(ahead.identifier()?.to_owned())),
            }
        }
        ahead.at += 1;
        ahead.skip_blanks(Mode::Line);
        if ahead.peek(0) != b'=' || ahead.peek(1) == b'=' {
            return None;
        }
        ahead.at += 1;
        self.scan = ahead;
        self.blanks();
        Some(targets)
    }

    fn expression(&mut self) -> Result<Expr, Trouble> {
        self.blanks();
        self.deeper(|p| p.binary(0))
    }

    /// Precedence climbing over the operators of [`Self::operator`]; a range binds looser than `+`.
    fn binary(&mut self, least: u8) -> Result<Expr, Trouble> {
        let mut left = if least <= RANGE { self.range()? } else { self.unary()? };
        while let Some((operator, strength, length)) = self.operator() {
            if strength < least {
                break;
            }
            self.scan.skip_blanks(self.mode);
            self.scan.at += length;
            self.continue_after_operator();
            let right = self.deeper(|p| p.binary(strength + 1))?;
            let place = left.place.to(right.place);
            let height = left.height.max(right.height);
            left = grown(place, height, ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) })?;
        }
        Ok(left)
    }

    fn continue_after_operator(&mut self) {
        self.scan.skip_blanks(if self.mode == Mode::Line { Mode::Line } else { Mode::Paren });
    }

    fn range(&mut self) -> Result<Expr, Trouble> {
        let first = self.binary(RANGE + 1)?;
        let Some(second) = self.range_part()? else { return Ok(first) };
        let (step, last) = match self.range_part()? {
            Some(third) => (Some(Box::new(second)), third),
            None => (None, second),
        };
        let place = first.place.to(last.place);
        let height = first.height.max(last.height).max(step.as_deref().map_or(0, |s: &Expr| s.height));
        grown(place, height, ExprKind::Range { first: Box::new(first), step, last: Box::new(last) })
    }

    fn range_part(&mut self) -> Result<Option<Expr>, Trouble> {
        let before = self.scan.at;
        self.blanks();
        if self.scan.peek(0) != b':' {
            self.scan.at = before;
            return Ok(None);
        }
        self.scan.at += 1;
        self.blanks();
        self.deeper(|p| p.binary(RANGE + 1)).map(Some)
    }

    /// The binary operator ahead with its strength and length, not consumed.
    fn operator(&self) -> Option<(Binary, u8, usize)> {
        let mut ahead = self.scan.clone();
        ahead.skip_blanks(self.mode);
        let spaced = ahead.at > self.scan.at;
        let found = OPERATORS.iter().find(|(symbol, ..)| ahead.starts_with(symbol))?;
        let (symbol, operator, strength) = *found;
        let sign = matches!(operator, Binary::Add | Binary::Subtract);
        let new_cell = self.mode == Mode::Bracket && spaced && sign && !matches!(ahead.peek(1), b' ' | b'\t');
        (!new_cell).then_some((operator, strength, symbol.len()))
    }

    fn unary(&mut self) -> Result<Expr, Trouble> {
        let start = self.scan.at;
        let operator = match self.scan.peek(0) {
            b'-' => Unary::Minus,
            b'+' => Unary::Plus,
            b'~' | b'!' => Unary::Not,
            _ => return self.postfix(),
        };
        self.scan.at += 1;
        self.blanks();
        // A sign binds looser than a power: -2^2 is -4.
        let operand = self.deeper(|p| p.binary(POWER))?;
        let place = Place { start: start as u32, end: operand.place.end };
        grown(place, operand.height, ExprKind::Unary { operator, operand: Box::new(operand) })
    }

    fn postfix(&mut self) -> Result<Expr, Trouble> {
        let mut expr = self.primary()?;
        while self.scan.peek(0) == b'\'' || self.scan.starts_with(".'") {
            self.scan.at += if self.scan.peek(0) == b'\'' { 1 } else { 2 };
            let place = Place { start: expr.place.start, end: self.scan.at as u32 };
            let height = expr.height;
            expr = grown(place, height, ExprKind::Unary { operator: Unary::Transpose, operand: Box::new(expr) })?;
        }
        if matches!(self.scan.peek(0), b'(' | b'{') && self.mode != Mode::Bracket {
            return Err(unsupported(self.scan.here(), "this kind of index is not evaluated", "not evaluated"));
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, Trouble> {
        let start = self.scan.at;
        if let Some(value) = self.scan.number() {
            return Ok(Expr { place: self.scan.since(start), kind: ExprKind::Number(value), height: 1 });
        }
        let mut height = 0;
        let kind = match self.scan.peek(0) {
            b'(' => {
                self.scan.at += 1;
                let inner = self.within(Mode::Paren, |p| {
                    let inner = p.expression()?;
                    p.blanks();
                    Ok(inner)
                })?;
                self.close(b')', "`)`")?;
                height = inner.height;
                inner.kind
            }
            b'[' => match self.scan.literal()? {
                Some(matrix) => ExprKind::Literal(matrix),
                None => {
                    self.scan.at += 1;
                    ExprKind::Rows(self.within(Mode::Bracket, |p| p.rows(start, b']'))?)
                }
            },
            b'{' => {
                self.scan.at += 1;
                self.within(Mode::Bracket, |p| p.rows(start, b'}'))?;
                ExprKind::Cells
            }
            quote @ (b'\'' | b'"') => self.text(quote)?,
            b':' if self.index > 0 => {
                self.scan.at += 1;
                ExprKind::All
            }
            b'@' => return Err(unsupported(self.scan.here(), "function handles are not evaluated", "not evaluated")),
            _ => match self.keyword() {
                Some("end") if self.index > 0 => {
                    self.scan.identifier();
                    ExprKind::Last
                }
                Some(_) => return Err(self.unexpected("a value")),
                None => self.name()?,
            },
        };
        match &kind {
            ExprKind::Rows(rows) => height = rows.iter().flatten().map(|e| e.height).max().unwrap_or(0),
            ExprKind::Apply { arguments, .. } => height = arguments.iter().map(|e| e.height).max().unwrap_or(0),
            _ => {}
        }
        grown(self.scan.since(start), height, kind)
    }

    fn within<T>(&mut self, mode: Mode, read: impl FnOnce(&mut Self) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let outer = std::mem::replace(&mut self.mode, mode);
        let result = read(self);
        self.mode = outer;
        result
    }

    fn close(&mut self, byte: u8, symbol: &str) -> Result<(), Trouble> {
        if self.scan.peek(0) != byte {
            return Err(self.unexpected(symbol));
        }
        self.scan.at += 1;
        Ok(())
    }

    /// `name`, `name.field` or either with arguments.
    fn name(&mut self) -> Result<ExprKind, Trouble> {
        let Some(word) = self.scan.identifier() else { return Err(self.unexpected("a value")) };
        let mut name = word.to_owned();
        while self.scan.peek(0) == b'.' && (self.scan.peek(1).is_ascii_alphabetic() || self.scan.peek(1) == b'_') {
            self.scan.at += 1;
            name.push('.');
            name.push_str(self.scan.identifier().unwrap_or_default());
        }
        let before = self.scan.at;
        if self.mode != Mode::Bracket {
            self.scan.skip_blanks(Mode::Line);
        }
        if self.scan.peek(0) != b'(' {
            self.scan.at = before;
            return Ok(ExprKind::Name(name));
        }
        self.scan.at += 1;
        let outer = self.index;
        self.index += 1;
        let arguments = self.within(Mode::Paren, Self::arguments);
        self.index = outer;
        let arguments = arguments?;
        self.close(b')', "`)`")?;
        Ok(ExprKind::Apply { name, arguments })
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, Trouble> {
        let mut list = Vec::new();
        loop {
            self.blanks();
            match self.scan.peek(0) {
                b')' => return Ok(list),
                b',' if !list.is_empty() => self.scan.at += 1,
                _ if !list.is_empty() => return Err(self.unexpected("`,` or `)`")),
                _ => {}
            }
            list.push(self.expression()?);
        }
    }

    /// Rows of cells from after the bracket at `open` up to the closing one, which is consumed.
    fn rows(&mut self, open: usize, close: u8) -> Result<Vec<Vec<Expr>>, Trouble> {
        let mut rows = Vec::new();
        let mut row = Vec::new();
        let outer = std::mem::replace(&mut self.index, 0);
        loop {
            self.blanks();
            let assigns = self.scan.peek(0) == b'=' && self.scan.peek(1) != b'=';
            if assigns || self.scan.is_end() {
                return Err(unclosed(open));
            }
            match self.scan.peek(0) {
                b',' => self.scan.at += 1,
                byte if byte == b';' || byte == b'\n' || byte == close => {
                    self.scan.at += 1;
                    if !row.is_empty() {
                        rows.push(std::mem::take(&mut row));
                    }
                    if byte == close {
                        self.index = outer;
                        return Ok(rows);
                    }
                }
                _ => row.push(self.expression()?),
            }
        }
    }

    fn text(&mut self, quote: u8) -> Result<ExprKind, Trouble> {
        let start = self.scan.at;
        let mut content = String::new();
        self.scan.at += 1;
        loop {
            let rest = self.scan.text.get(self.scan.at..).unwrap_or("");
            match rest.chars().next() {
                None | Some('\n') => {
                    let place = Place { start: start as u32, end: start as u32 + 1 };
                    return Err(unreadable(place, "a text is not closed", "no closing quote on this line"));
                }
                Some(c) if c == char::from(quote) => {
                    self.scan.at += 1;
                    if self.scan.peek(0) != quote {
                        return Ok(ExprKind::Text(content));
                    }
                    content.push(c);
                    self.scan.at += 1;
                }
                Some(c) => {
                    content.push(c);
                    self.scan.at += c.len_utf8();
                }
            }
        }
    }
}

/// The bracket at this offset is never closed.
pub(super) fn unclosed(open: usize) -> Trouble {
    let place = Place { start: open as u32, end: open as u32 + 1 };
    unreadable(place, "a matrix is not closed", "no closing bracket for this one")
}

/// A node over children of this height.
fn grown(place: Place, height: u16, kind: ExprKind) -> Result<Expr, Trouble> {
    if height >= HEIGHT {
        return Err(unsupported(place, "the expression is too long", "too long"));
    }
    Ok(Expr { place, kind, height: height + 1 })
}

const RANGE: u8 = 6;
const POWER: u8 = 9;
/// Symbol, operator, strength; longer symbols first.
const OPERATORS: [(&str, Binary, u8); 20] = [
    ("||", Binary::Or, 1),
    ("&&", Binary::And, 2),
    ("==", Binary::Equal, 5),
    ("~=", Binary::Unequal, 5),
    ("!=", Binary::Unequal, 5),
    ("<=", Binary::LessEqual, 5),
    (">=", Binary::GreaterEqual, 5),
    (".*", Binary::EachTimes, 8),
    ("./", Binary::EachOver, 8),
    (".^", Binary::EachPower, POWER),
    ("**", Binary::Power, POWER),
    ("|", Binary::Or, 3),
    ("&", Binary::And, 4),
    ("<", Binary::Less, 5),
    (">", Binary::Greater, 5),
    ("+", Binary::Add, 7),
    ("-", Binary::Subtract, 7),
    ("*", Binary::Times, 8),
    ("/", Binary::Over, 8),
    ("^", Binary::Power, POWER),
];
