//! What a header that cannot be read should have had: the grammar's expectations in an engineer's words.

use super::form::{Braces, Form};
use super::grammar::Rule;
use super::read::Context;
use super::scan::{Token, TokenKind as K};
use super::words::is_reserved;
use crate::diagnostics::{Diagnostic, Id, ids_syntax as ids};
use crate::source::Span;
use pest::error::{Error, ErrorVariant, InputLocation};

const fn part(called: &'static str, pattern: &'static str) -> Form {
    Form { keyword: "", rule: None, braces: Braces::Expression, called, pattern, top_level: false, noun: false }
}

/// A column of a table.
pub static COLUMN: Form = part("a column", "p_kw : kW as p");
/// A cell of a table.
pub static CELL: Form = part("a cell", "0.5");

/// What the grammar would have accepted, in groups.
#[derive(Default)]
struct Expected {
    value: bool,
    ty: bool,
    name: bool,
    text: bool,
    end: bool,
    operator: bool,
    unit: bool,
    signs: Vec<&'static str>,
}

/// The diagnostic for a header that the grammar refused.
pub fn explain(cx: Context<'_>, form: &Form, tokens: &[Token], base: i64, error: &Error<Rule>) -> Diagnostic {
    let local = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let offset = (base + local as i64).max(0) as usize;
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => expected(positives),
        ErrorVariant::CustomError { .. } => {
            let span = tokens.first().map_or(Span::new(cx.file, offset, offset), |t| cx.span(*t));
            return Diagnostic::new(
                ids::NESTED_TOO_DEEPLY,
                span,
                "this statement nests too deeply",
                "too deep to read",
            )
            .help("give inner parts a name with `let` and use the names");
        }
    };
    let significant: Vec<Token> = tokens.iter().copied().filter(|t| !t.kind.is_trivia()).collect();
    let at = significant.partition_point(|t| (t.end as usize) <= offset);
    let found = significant.get(at).copied();
    let before = at.checked_sub(1).and_then(|i| significant.get(i)).copied();
    let place = found.or(before).map_or(Span::new(cx.file, offset, offset), |t| cx.span(t));
    let found_words = found.map_or("the end of the statement".to_string(), |t| format!("`{}`", shown(t.text(cx.text))));
    let before_words = before.map(|t| format!("`{}`", shown(t.text(cx.text))));

    if let Some(special) = special(cx, form, found, before, place, &expected) {
        return special;
    }
    let (id, wanted) = wanted(form, &expected, found);
    let message = match (&before_words, id == ids::MISSING_VALUE) {
        (Some(before), true) => format!("a value is missing after {before}"),
        (None, true) => format!("{} begins with a value", form.called),
        (Some(before), false) if found.is_none() => format!("expected {wanted} after {before}"),
        _ if wanted.is_empty() => format!("{found_words} does not belong in {}", form.called),
        _ => format!("expected {wanted}, found {found_words}"),
    };
    let label = match (found.is_none(), wanted.is_empty()) {
        (_, true) => "not expected here".to_string(),
        (true, false) => format!("expected {wanted} after this"),
        (false, false) => format!("expected {wanted}"),
    };
    let label = if label.split(' ').count() <= 8 { label } else { "cannot be read from here on".to_string() };
    let diagnostic = Diagnostic::new(id, place, message, label);
    if form.pattern.is_empty() {
        diagnostic
    } else {
        diagnostic.help(format!("{} is written `{}`", form.called, form.pattern))
    }
}

/// The diagnostic for a line that begins no statement.
pub fn no_statement(cx: Context<'_>, tokens: &[Token]) -> Diagnostic {
    let first = tokens.first().copied();
    let span = first.map_or(Span::new(cx.file, 0, 0), |t| cx.span(t));
    let text = first.map_or("", |t| t.text(cx.text));
    let compares = tokens.iter().any(|t| t.kind == K::Compare || t.kind == K::Implies);
    if compares && let Some(last) = tokens.last() {
        let whole = span.to(cx.span(*last));
        return Diagnostic::new(
            ids::UNREADABLE_STATEMENT,
            whole,
            "a condition does not stand alone",
            "neither a rule nor a check",
        )
        .help("write `rule name : condition` for what must hold, or `check condition else \"...\"` for data");
    }
    let help = match first.map(|t| t.kind) {
        Some(K::Word) if tokens.get(1).is_some_and(|t| t.kind == K::LeftParen) => {
            "a function's value is used in a statement: `let x = f(a)`, `rule : f(a) <= b`"
        }
        Some(K::Word) => {
            "declare something (`param`, `var`, `rule`), add an element (`bus 1 { ... }`), or set a value (`x = 1`)"
        }
        _ => {
            "a statement begins with a word; a line that goes on ends or begins with an operator, or stands in brackets"
        }
    };
    Diagnostic::new(
        ids::UNREADABLE_STATEMENT,
        span,
        format!("no statement begins with `{}`", shown(text)),
        "expected a statement here",
    )
    .help(help)
}

fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(24) {
        Some((cut, _)) => format!("{}...", line.get(..cut).unwrap_or("")),
        None => line.to_string(),
    }
}

/// Mistakes that deserve their own words.
fn special(
    cx: Context<'_>,
    form: &Form,
    found: Option<Token>,
    before: Option<Token>,
    place: Span,
    expected: &Expected,
) -> Option<Diagnostic> {
    let token = found?;
    let before = before?;
    let say =
        |id: Id, message: &str, label: &str, help: &str| Some(Diagnostic::new(id, place, message, label).help(help));
    let is_value = matches!(before.kind, K::Word | K::Number | K::Text | K::RightParen | K::RightBracket | K::Percent);
    let word = token.text(cx.text);
    match token.kind {
        K::Word if expected.name && !expected.operator && is_reserved(word) => say(
            ids::UNREADABLE_STATEMENT,
            &format!("`{word}` cannot be a name"),
            "a word of the language",
            "choose another name; this word holds expressions and statements together",
        ),
        K::Equals | K::Colon if form.rule == Some(Rule::s_setting) && is_value => say(
            ids::UNREADABLE_STATEMENT,
            "settings are separated by `;` or line ends",
            "another setting begins before this",
            "write `{ a = 1; b = 2 }`",
        ),
        // `{ r = 0.01 ohm  x = 0.01 ohm }`
        K::Word if form.rule == Some(Rule::s_setting) && is_value && expected.signs.contains(&"`,`") => say(
            ids::UNREADABLE_STATEMENT,
            "settings are separated by `;` or line ends",
            "another setting begins here",
            "write `{ a = 1; b = 2 }`",
        ),
        K::LeftBracket if before.kind == K::Word && token.start > before.end => say(
            ids::UNREADABLE_STATEMENT,
            "an index stands directly after its name",
            "a blank stands before this bracket",
            &format!("write `{}[...]`", before.text(cx.text)),
        ),
        K::LeftParen if before.kind == K::Word && token.start > before.end => say(
            ids::UNREADABLE_STATEMENT,
            "a function's bracket stands directly after its name",
            "a blank stands before this bracket",
            &format!(
                "write `{name}(...)` for a function, or `{name} * (...)` for a product",
                name = before.text(cx.text)
            ),
        ),
        K::Word | K::Number | K::Text | K::LeftParen
            if is_value && expected.operator && !expected.value && expected.signs.is_empty() && !expected.name =>
        {
            say(
                ids::UNREADABLE_STATEMENT,
                &format!("an operator is missing before `{}`", shown(token.text(cx.text))),
                "two values stand side by side",
                "write products with `*`; a new statement begins on a new line or after `;`",
            )
        }
        _ => None,
    }
}

fn wanted(form: &Form, expected: &Expected, found: Option<Token>) -> (Id, String) {
    let ends = found.is_none_or(|t| {
        t.kind.is_operator()
            || matches!(t.kind, K::RightParen | K::RightBracket | K::RightBrace | K::Comma | K::Semicolon | K::Bar)
    });
    if expected.value {
        return if ends {
            (ids::MISSING_VALUE, "a value".into())
        } else {
            (ids::UNREADABLE_STATEMENT, "a value".into())
        };
    }
    let mut list: Vec<String> = Vec::new();
    if expected.ty {
        list.push("a type".into());
    }
    if expected.name {
        list.push("a name".into());
    }
    if expected.text {
        list.push("a text in quotes".into());
    }
    let mut signs = expected.signs.clone();
    if form.rule == Some(Rule::s_instance) && signs.contains(&"`at`") && signs.contains(&"`over`") {
        signs.retain(|s| !matches!(*s, "`at`" | "`over`" | "`from`" | "`each`"));
        list.retain(|s| s != "a name" && s != "a text in quotes");
        signs.push("a place such as `at bus 6`");
    }
    let typed = matches!(form.rule, Some(Rule::s_var | Rule::s_total));
    let condition = matches!(form.rule, Some(Rule::s_rule | Rule::s_budget));
    for sign in signs {
        list.push(match sign {
            "`:`" if typed => "`:` and a type".into(),
            "`:`" if condition => "`:` and a condition".into(),
            "`=`" => "`=` and a value".into(),
            other => other.into(),
        });
    }
    if expected.unit && list.is_empty() {
        list.push("a unit".into());
    }
    // A long list of what may follow helps less than saying that this cannot.
    if (expected.end || expected.operator) && list.len() > 3 {
        list.clear();
    }
    list.truncate(4);
    let wanted = match list.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    };
    (ids::UNREADABLE_STATEMENT, wanted)
}

fn expected(rules: &[Rule]) -> Expected {
    let mut out = Expected::default();
    // Behind a name and a blank an element's id may follow; what else may is worth saying instead.
    let element = rules.contains(&Rule::number) && rules.contains(&Rule::text);
    for rule in rules {
        match rule {
            Rule::expr
            | Rule::sum_expr
            | Rule::term_expr
            | Rule::postfix
            | Rule::prefix
            | Rule::quantity
            | Rule::named
            | Rule::list
            | Rule::set
            | Rule::paren
            | Rule::if_expr
            | Rule::match_expr
            | Rule::in_mode
            | Rule::number_entry
            | Rule::number_row
            | Rule::expr_row
            | Rule::argument
            | Rule::values
            | Rule::goal_term
            | Rule::before => out.value = true,
            Rule::product
            | Rule::type_expr
            | Rule::one_of
            | Rule::set_of
            | Rule::element_of
            | Rule::per_unit
            | Rule::column_type => {
                out.ty = true;
            }
            Rule::ident
            | Rule::name
            | Rule::family
            | Rule::class
            | Rule::method
            | Rule::alias
            | Rule::unit_word
            | Rule::definition
            | Rule::header
            | Rule::id
            | Rule::instance_name
            | Rule::use_path
            | Rule::aspect_use
            | Rule::parameter
            | Rule::index_decl
            | Rule::arm => out.name = true,
            Rule::text if element => out.operator = true,
            Rule::text => out.text = true,
            Rule::EOI => out.end = true,
            Rule::lparen
            | Rule::infix
            | Rule::sum_infix
            | Rule::mul_infix
            | Rule::field
            | Rule::index
            | Rule::arguments
            | Rule::unit_op => {
                out.operator = true;
            }
            Rule::unit | Rule::unit_factor | Rule::unit_name => out.unit = true,
            other => {
                if let Some(sign) = sign(*other)
                    && !out.signs.contains(&sign)
                {
                    out.signs.push(sign);
                }
            }
        }
    }
    out
}

/// Signs and words that are rules of their own.
fn sign(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::colon => "`:`",
        Rule::comma => "`,`",
        Rule::assign => "`=`",
        Rule::rparen => "`)`",
        Rule::lbrace => "`{`",
        Rule::rbrace => "`}`",
        Rule::rbracket => "`]`",
        Rule::dots => "`..`",
        Rule::kw_as => "`as`",
        Rule::kw_at => "`at`",
        Rule::kw_by => "`by`",
        Rule::kw_check => "`check`",
        Rule::kw_constant | Rule::constant_over | Rule::restage => "`constant over periods`, `ahead` or `recourse`",
        Rule::kw_each => "`each`",
        Rule::kw_else => "`else`",
        Rule::kw_extends => "`extends`",
        Rule::kw_fills | Rule::fills => "`fills`",
        Rule::kw_from => "`from`",
        Rule::kw_in => "`in`",
        Rule::kw_into => "`into`",
        Rule::kw_joined => "`joined by`",
        Rule::kw_let => "`let`",
        Rule::kw_maximize | Rule::kw_minimize | Rule::direction => "`minimize` or `maximize`",
        Rule::kw_excludes | Rule::excludes => "`excludes`",
        Rule::kw_needs | Rule::needs => "`needs`",
        Rule::kw_of => "`of`",
        Rule::kw_over => "`over`",
        Rule::kw_period | Rule::table_by => "`by period`",
        Rule::kw_periods => "`periods`",
        Rule::kw_rule => "`rule`",
        Rule::kw_set => "`set of`",
        Rule::kw_step => "`step`",
        Rule::kw_then => "`then`",
        Rule::kw_to => "`to`",
        Rule::attribute => "`ahead`, `recourse` or `starts`",
        _ => return None,
    })
}
