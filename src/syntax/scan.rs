//! The scanner: text → tokens with byte positions. Every byte that is not a blank belongs to
//! exactly one token; comments and line ends are tokens too, since the formatter and the splitter
//! need them. It never fails: what it cannot read is a [`TokenKind::Stray`].

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word: `storage`, `p_max`, `Übergabe`.
    Word,
    /// A number: `1`, `0.5`, `1e3`.
    Number,
    /// A text in quotes, quotes included.
    Text,
    /// A text whose closing quote is missing; it ends with its line.
    UnclosedText,
    /// A line end.
    Newline,
    /// `# …` to the end of the line.
    Comment,
    /// `## …` to the end of the line: documents a statement.
    Doc,
    /// A comment in another language's manner: `// …`, `/* … */`, `% …` at the start of a line.
    ForeignComment,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `.`
    Dot,
    /// `..`
    Dots,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `+-`
    PlusMinus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `^`
    Caret,
    /// `%`
    Percent,
    /// `<=`, `>=`, `<`, `>`, `!=`
    Compare,
    /// `=`
    Equals,
    /// `=>`
    Implies,
    /// `|`
    Bar,
    /// `@`
    At,
    /// An operator of another language: `==`, `:=`, `&&`, `≤`, …
    ForeignOperator,
    /// A run of characters with no meaning here.
    Stray,
}

impl TokenKind {
    /// Does it only separate or comment?
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Newline | Self::Comment | Self::Doc | Self::ForeignComment)
    }

    /// `(`, `[` or `{`?
    pub fn opens(self) -> bool {
        matches!(self, Self::LeftParen | Self::LeftBracket | Self::LeftBrace)
    }

    /// The closing bracket that matches this opening one.
    pub fn closer(self) -> Option<TokenKind> {
        match self {
            Self::LeftParen => Some(Self::RightParen),
            Self::LeftBracket => Some(Self::RightBracket),
            Self::LeftBrace => Some(Self::RightBrace),
            _ => None,
        }
    }

    /// An operator that needs a value on its right?
    pub fn is_operator(self) -> bool {
        matches!(
            self,
            Self::Plus
                | Self::Minus
                | Self::PlusMinus
                | Self::Star
                | Self::Slash
                | Self::Caret
                | Self::Compare
                | Self::Equals
                | Self::Implies
                | Self::Dots
        )
    }
}

/// A token: its kind and half-open byte range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// The token's text; empty if `source` is not the text it was scanned from.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Cuts a text into tokens. Texts beyond 4 GiB are cut there.
pub fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let bytes = &bytes[..bytes.len().min(u32::MAX as usize - 1)];
    let mut scanner = Scanner { text, bytes, at: 0, out: Vec::with_capacity(bytes.len() / 4), line_begins: true };
    if text.starts_with('\u{feff}') {
        scanner.at = 3;
    }
    while scanner.at < bytes.len() {
        scanner.step();
    }
    scanner.out
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    out: Vec<Token>,
    line_begins: bool,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind, len: usize) {
        let start = self.at;
        self.at = (start + len).min(self.bytes.len());
        self.out.push(Token { kind, start: start as u32, end: self.at as u32 });
        self.line_begins = kind == TokenKind::Newline;
    }

    fn step(&mut self) {
        use TokenKind as K;
        let byte = self.bytes[self.at];
        match byte {
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'\n' => self.push(K::Newline, 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'"' => self.quoted(),
            b'#' => {
                let kind = if self.peek(1) == b'#' { K::Doc } else { K::Comment };
                let len = self.line_rest();
                self.push(kind, len);
            }
            b'(' => self.push(K::LeftParen, 1),
            b')' => self.push(K::RightParen, 1),
            b'[' => self.push(K::LeftBracket, 1),
            b']' => self.push(K::RightBracket, 1),
            b'{' => self.push(K::LeftBrace, 1),
            b'}' => self.push(K::RightBrace, 1),
            b',' => self.push(K::Comma, 1),
            b';' => self.push(K::Semicolon, 1),
            b'^' => self.push(K::Caret, 1),
            b'@' => self.push(K::At, 1),
            b'-' => self.push(K::Minus, 1),
            b'%' if self.line_begins => self.foreign_comment(),
            b'%' => self.push(K::Percent, 1),
            b'/' if self.peek(1) == b'/' || self.peek(1) == b'*' => self.foreign_comment(),
            b'/' => self.push(K::Slash, 1),
            _ => self.operator(byte),
        }
    }

    fn operator(&mut self, byte: u8) {
        use TokenKind as K;
        let (kind, len) = match (byte, self.peek(1)) {
            (b'=', b'>') => (K::Implies, 2),
            (b'=', b'=') => (K::ForeignOperator, 2),
            (b'=', _) => (K::Equals, 1),
            (b'<', b'>') => (K::ForeignOperator, 2),
            (b'<' | b'>' | b'!', b'=') => (K::Compare, 2),
            (b'<' | b'>', _) => (K::Compare, 1),
            (b':', b'=') => (K::ForeignOperator, 2),
            (b':', _) => (K::Colon, 1),
            (b'.', b'.') => (K::Dots, 2),
            (b'.', _) => (K::Dot, 1),
            (b'+', b'-') => (K::PlusMinus, 2),
            (b'+', _) => (K::Plus, 1),
            (b'*', b'*') => (K::ForeignOperator, 2),
            (b'*', _) => (K::Star, 1),
            (b'&', b'&') | (b'|', b'|') | (b'~', b'=') => (K::ForeignOperator, 2),
            (b'|', _) => (K::Bar, 1),
            (b'!' | b'&', _) => (K::ForeignOperator, 1),
            _ => return self.other(),
        };
        self.push(kind, len);
    }

    /// A character beyond ASCII, or one without a meaning.
    fn other(&mut self) {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(c) if c.is_alphabetic() => self.word(),
            Some('≤' | '≥' | '≠' | '×' | '·' | '−' | '±' | '∈' | '∀') => {
                let len = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                self.push(TokenKind::ForeignOperator, len);
            }
            _ => {
                let rest = self.text.get(self.at..).unwrap_or("");
                let len = rest.chars().take_while(|c| is_stray(*c)).map(char::len_utf8).sum::<usize>();
                self.push(TokenKind::Stray, len.max(1));
            }
        }
    }

    fn word(&mut self) {
        let mut end = self.at;
        loop {
            match self.bytes.get(end) {
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') => end += 1,
                Some(byte) if !byte.is_ascii() => match self.text.get(end..).and_then(|r| r.chars().next()) {
                    Some(c) if c.is_alphanumeric() => end += c.len_utf8(),
                    _ => break,
                },
                _ => break,
            }
        }
        self.push(TokenKind::Word, end - self.at);
    }

    fn number(&mut self) {
        let digits = |mut at: usize| {
            while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(self.at);
        if self.bytes.get(end) == Some(&b'.') && self.bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1);
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            if self.bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                end = digits(end + 1 + sign);
            }
        }
        self.push(TokenKind::Number, end - self.at);
    }

    fn quoted(&mut self) {
        let mut end = self.at + 1;
        loop {
            match self.bytes.get(end) {
                None | Some(b'\n') => {
                    let kept = self.bytes[self.at..end].strip_suffix(b"\r").map_or(end - self.at, <[u8]>::len);
                    return self.push(TokenKind::UnclosedText, kept);
                }
                Some(b'\\') if matches!(self.bytes.get(end + 1), Some(b'"' | b'\\')) => end += 2,
                Some(b'"') => return self.push(TokenKind::Text, end + 1 - self.at),
                Some(_) => end += 1,
            }
        }
    }

    fn line_rest(&self) -> usize {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        rest[..end].strip_suffix(b"\r").map_or(end, <[u8]>::len)
    }

    fn foreign_comment(&mut self) {
        let mut len = self.line_rest();
        if self.peek(1) == b'*'
            && let Some(close) = self.text.get(self.at + 2..self.at + len).and_then(|line| line.find("*/"))
        {
            len = close + 4;
        }
        let begins = self.line_begins;
        self.push(TokenKind::ForeignComment, len);
        self.line_begins = begins;
    }
}

fn is_stray(c: char) -> bool {
    let known = c.is_ascii() && (c.is_ascii_graphic() && !matches!(c, '$' | '?' | '\\' | '`' | '\'' | '~'));
    let blank = matches!(c, ' ' | '\t' | '\r' | '\n');
    let operator = matches!(c, '≤' | '≥' | '≠' | '×' | '·' | '−' | '±' | '∈' | '∀');
    !(known || blank || operator || c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{TokenKind as K, tokens};

    fn kinds(text: &str) -> Vec<K> {
        tokens(text).iter().map(|t| t.kind).collect()
    }

    #[test]
    fn ranges_do_not_swallow_dots() {
        assert_eq!(kinds("0..p 1.5..2"), [K::Number, K::Dots, K::Word, K::Number, K::Dots, K::Number]);
    }

    #[test]
    fn exponents_need_digits() {
        assert_eq!(kinds("1e3 1e-3 1e h"), [K::Number, K::Number, K::Number, K::Word, K::Word]);
    }

    #[test]
    fn texts_end_with_their_line() {
        assert_eq!(kinds("\"a\nb \"c\\\"d\""), [K::UnclosedText, K::Newline, K::Word, K::Text]);
    }

    #[test]
    fn tokens_cover_every_visible_byte() {
        let text = "param ü : kW = 3 % #ok\n\0\u{7f}?? ≤ 'x'";
        let mut covered = vec![false; text.len()];
        for token in tokens(text) {
            covered[token.start as usize..token.end as usize].fill(true);
        }
        for (i, byte) in text.bytes().enumerate() {
            assert_eq!(covered[i], !matches!(byte, b' ' | b'\t' | b'\r'), "byte {i}");
        }
    }
}
