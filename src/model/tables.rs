//! Tables: cells from inline rows or CSV files, in coherent units, each with its span.

use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_source, ids_units};
use crate::names::{AS_WRITTEN, Names, TableStatement, Unread, beside, folder_of, read_beside, refused};
use crate::source::{FILE_LIMIT, FileId, Files, SourceMap, Span};
use crate::syntax::ast::{ColumnDecl, ColumnType, ExprKind, UnaryOp};
use crate::units::UnitTable;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// A cell's content.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number in coherent units.
    Number(f64),
    /// An id or text.
    Text(SmolStr),
    /// yes or no.
    Bool(bool),
    /// Left empty, or `none`.
    Missing,
}

/// The data of one table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Cells, row by row, in the order of the declared columns. In a wide table the last declared
    /// column's cells are in [`Table::series`].
    pub rows: Vec<Vec<Cell>>,
    /// Where each row is.
    pub spans: Vec<Span>,
    /// Per row: in wide tables the values over the wide columns, in others its numbers in order, but
    /// for a column `probability`. Scenarios are made of them.
    pub series: Vec<Vec<f64>>,
    /// Row of each id, where the first column is an id.
    pub ids: FxHashMap<SmolStr, usize>,
}

/// Reads all tables.
pub fn read_tables(
    names: &Names,
    units: &UnitTable,
    files: &dyn Files,
    sources: &mut SourceMap,
) -> (Vec<Table>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut out = Vec::new();
    for statement in names.tables.values() {
        let factors: Vec<f64> = statement
            .decl
            .columns
            .iter()
            .map(|c| match &c.ty {
                ColumnType::Unit(u) => units.unit(u).map_or(1.0, |x| x.0),
                _ => 1.0,
            })
            .collect();
        columns_once(&statement.decl.columns, &mut diagnostics);
        diagnostics.extend(wide_without_values(statement));
        let mut table = match &statement.decl.from {
            Some((path, span)) => from_csv(names, statement, path, *span, &factors, files, sources, &mut diagnostics),
            None => inline(statement, &factors, units, &mut diagnostics),
        };
        if table.series.is_empty() && statement.decl.wide.is_none() {
            table.series = table.rows.iter().map(|row| numbers(row, &statement.decl.columns)).collect();
        }
        if let Some(id) = statement.decl.columns.iter().position(|c| c.ty == ColumnType::Id) {
            for (r, row) in table.rows.iter().enumerate() {
                if let Some(Cell::Text(t)) = row.get(id) {
                    table.ids.entry(t.clone()).or_insert(r);
                }
            }
        }
        out.push(table);
    }
    (out, diagnostics)
}

/// A table that reads series from columns and says nothing of their values, or has no file to read them from.
fn wide_without_values(statement: &TableStatement) -> Option<Diagnostic> {
    let (first, last) = statement.decl.wide.as_ref()?;
    let span = first.span.to(last.span);
    let found = |text: &str, label| Diagnostic::new(ids_source::CSV_UNREADABLE, span, text, label);
    if statement.decl.from.is_none() {
        let d = found("columns are read as a series from a file alone", "no file");
        return Some(d.help("name the file, `table NAME from \"day.csv\" wide h1..h24 by period { … }`"));
    }
    let value = statement.decl.columns.last().filter(|c| c.header.text.is_empty());
    if value.is_some_and(|c| matches!(c.ty, ColumnType::Unit(_) | ColumnType::Number)) {
        return None;
    }
    let d = found("nothing says in which unit the values of these columns are", "values without a unit");
    Some(d.help("write the unit alone as the last column, `{ profile : id; kW }`"))
}

/// Rows of the table `published` that speak of no case: their numbers would stand beside nothing.
pub fn published_cases(names: &Names, tables: &[Table]) -> Vec<Diagnostic> {
    let Some((at, _, _)) = names.tables.get_full("published") else { return Vec::new() };
    let Some(table) = tables.get(at) else { return Vec::new() };
    let known: Vec<&str> = names.cases.keys().map(SmolStr::as_str).chain([AS_WRITTEN]).collect();
    let mut unknown: Vec<(&SmolStr, usize)> =
        table.ids.iter().filter(|(case, _)| !known.contains(&case.as_str())).map(|(case, row)| (case, *row)).collect();
    unknown.sort_by_key(|(_, row)| *row);
    let finding = |(case, row): (&SmolStr, usize)| {
        let text = format!("there is no case `{case}` of which something was published");
        let span = table.spans.get(row).copied()?;
        let d = Diagnostic::new(ids_names::UNKNOWN_CASE, span, text, "of no case");
        Some(match did_you_mean(case, known.iter().copied()) {
            Some(s) => d.help(format!("did you mean `{s}`?")),
            None if names.cases.is_empty() => d.help("declare the cases: `case \"A\" { ... }`"),
            None => d.help(format!("the study has: {}", known.join(", "))),
        })
    };
    unknown.into_iter().filter_map(finding).collect()
}

/// The numbers of a row, but for a column `probability`.
fn numbers(row: &[Cell], columns: &[ColumnDecl]) -> Vec<f64> {
    let value = |(cell, c): (&Cell, &ColumnDecl)| match cell {
        Cell::Number(x) if shown(c) != "probability" => Some(*x),
        _ => None,
    };
    row.iter().zip(columns).filter_map(value).collect()
}

fn shown(c: &ColumnDecl) -> &SmolStr {
    &c.name.as_ref().unwrap_or(&c.header).text
}

fn inline(statement: &TableStatement, factors: &[f64], units: &UnitTable, out: &mut Vec<Diagnostic>) -> Table {
    let mut table = Table::default();
    let columns = &statement.decl.columns;
    for row in statement.decl.rows.iter().flatten() {
        let Some(first) = row.first() else { continue };
        let span = row.iter().fold(first.span, |s, e| s.to(e.span));
        if row.len() != columns.len() {
            let text = format!("this row has {} cells, the table {} columns", row.len(), columns.len());
            out.push(
                Diagnostic::new(ids_source::CSV_RAGGED, span, text, "ragged row").label(statement.span, "columns"),
            );
            continue;
        }
        let mut cells = Vec::with_capacity(columns.len());
        for ((e, c), factor) in row.iter().zip(columns).zip(factors) {
            // A sign belongs to a number.
            let (minus, e) = match &e.kind {
                ExprKind::Unary(UnaryOp::Neg, inner)
                    if matches!(inner.kind, ExprKind::Number { .. }) && c.ty != ColumnType::YesNo =>
                {
                    ("-", inner.as_ref())
                }
                _ => ("", e),
            };
            let sign = if minus.is_empty() { 1.0 } else { -1.0 };
            let cell = match (&e.kind, &c.ty) {
                (ExprKind::Name(n), _) if n == "none" || n == "-" => Cell::Missing,
                (ExprKind::Number { unit: None, .. }, ColumnType::Id | ColumnType::Text) => {
                    Cell::Text(smol_str::format_smolstr!("{minus}{}", e.as_id().unwrap_or_default()))
                }
                (ExprKind::Text(t), ColumnType::Id | ColumnType::Text) => Cell::Text(t.clone()),
                (ExprKind::Name(t), ColumnType::Id | ColumnType::Text) => Cell::Text(t.clone()),
                (ExprKind::Number { value: 0.0, unit: None, .. }, ColumnType::YesNo) => Cell::Bool(false),
                (ExprKind::Number { value: 1.0, unit: None, .. }, ColumnType::YesNo) => Cell::Bool(true),
                (ExprKind::YesNo(b), ColumnType::YesNo) => Cell::Bool(*b),
                (ExprKind::Number { value, unit: None, .. }, ColumnType::Unit(_) | ColumnType::Number) => {
                    Cell::Number(sign * value * factor)
                }
                (ExprKind::Number { value, unit: Some(u), .. }, ColumnType::Unit(want)) => {
                    match (units.unit(u), units.unit(want)) {
                        (Ok((f, a)), Ok((_, b))) if a.meet(&b).is_some() => Cell::Number(sign * value * f),
                        (Ok(_), Ok(_)) => {
                            let text = format!("column `{}` holds another quantity", shown(c));
                            out.push(
                                Diagnostic::new(ids_units::UNIT_MISMATCH, e.span, text, "does not fit")
                                    .label(want.span, "unit of the column"),
                            );
                            Cell::Missing
                        }
                        _ => Cell::Missing,
                    }
                }
                (ExprKind::Unreadable, _) => Cell::Missing,
                _ => {
                    let text = format!("this cell does not fit column `{}`", shown(c));
                    out.push(
                        Diagnostic::new(ids_source::CELL_UNREADABLE, e.span, text, describe(&c.ty))
                            .help("write a number in the column's unit, or `none`"),
                    );
                    Cell::Missing
                }
            };
            cells.push(finite(cell, e.span, c, out));
        }
        table.rows.push(cells);
        table.spans.push(span);
    }
    table
}

/// A number that is too large in coherent units is told.
fn finite(cell: Cell, span: Span, column: &ColumnDecl, out: &mut Vec<Diagnostic>) -> Cell {
    match cell {
        Cell::Number(x) if !x.is_finite() => {
            let text = format!("this number in column `{}` is too large to compute with", shown(column));
            out.push(
                Diagnostic::new(ids_source::CELL_UNREADABLE, span, text, "beyond 1.8e308 in coherent units")
                    .help("leave the cell empty where there is no limit"),
            );
            Cell::Missing
        }
        cell => cell,
    }
}

/// Two columns under one name: which one is meant cannot be known.
fn columns_once(columns: &[ColumnDecl], out: &mut Vec<Diagnostic>) {
    for (i, column) in columns.iter().enumerate() {
        let (name, place) = (shown(column), column.name.as_ref().unwrap_or(&column.header).span);
        // The values of a wide table have no name.
        let Some(first) = columns[..i].iter().find(|c| shown(c) == name && !name.is_empty()) else { continue };
        let first = first.name.as_ref().unwrap_or(&first.header).span;
        let text = format!("the table has two columns `{name}`");
        out.push(
            Diagnostic::new(ids_names::DUPLICATE_NAME, place, text, "second")
                .label(first, "first")
                .help("rename one, in a CSV file with `as`"),
        );
    }
}

/// A header that stands twice in a file, where the table reads a column of this name.
fn header_once(names: &[SmolStr], wanted: &[(&SmolStr, Span)], path: &str, header: Span, out: &mut Vec<Diagnostic>) {
    for (i, (want, at)) in wanted.iter().enumerate() {
        let told = wanted[..i].iter().any(|w| w.0 == *want);
        let count = names.iter().filter(|n| n == want).count();
        if count > 1 && !told {
            let text = format!("`{path}` has {count} columns `{want}`");
            out.push(
                Diagnostic::new(ids_source::CSV_UNREADABLE, *at, text, "which of them?")
                    .label(header, "its header")
                    .help("give each column of the file a name of its own"),
            );
        }
    }
}

fn describe(ty: &ColumnType) -> &'static str {
    match ty {
        ColumnType::Id => "an id is expected",
        ColumnType::YesNo => "0, 1, yes or no is expected",
        ColumnType::Text => "a text is expected",
        ColumnType::Number | ColumnType::Unit(_) => "a number is expected",
    }
}

#[allow(clippy::too_many_arguments)]
fn from_csv(
    names: &Names,
    statement: &TableStatement,
    path: &SmolStr,
    span: Span,
    factors: &[f64],
    files: &dyn Files,
    sources: &mut SourceMap,
    out: &mut Vec<Diagnostic>,
) -> Table {
    let mut table = Table::default();
    let shown_path = beside(&statement.folder, path);
    let own = names.root.and_then(|root| sources.get(root)).map_or_else(String::new, |root| folder_of(&root.name));
    let bytes = match read_beside(files, &own, &statement.folder, path) {
        Ok(b) if b.len() > FILE_LIMIT => {
            let text = format!("`{path}` is larger than {} MB", FILE_LIMIT >> 20);
            let d = Diagnostic::new(ids_source::FILE_TOO_LARGE, span, text, "too large");
            out.push(d.help("check that this is the file you meant"));
            return table;
        }
        Ok(b) => b,
        Err(Unread::Refused(why)) => {
            out.push(refused(&shown_path, span, why));
            return table;
        }
        Err(Unread::Failed(why)) => {
            out.push(
                Diagnostic::new(
                    ids_source::FILE_MISSING,
                    span,
                    format!("`{path}` cannot be read: {why}"),
                    "not readable",
                )
                .help(if std::path::Path::new(path).is_absolute() {
                    "give the path of a CSV file; one without a leading `/` is looked up beside this file".to_owned()
                } else {
                    format!("it is looked up beside this file, as `{shown_path}`")
                }),
            );
            return table;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(t) => t,
        Err(e) => {
            let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
            out.push(
                Diagnostic::new(
                    ids_source::NOT_UTF8,
                    span,
                    format!("`{path}` is not UTF-8 text (line {line})"),
                    "not UTF-8",
                )
                .help("save it as UTF-8"),
            );
            return table;
        }
    };
    let file = sources.find(&shown_path).unwrap_or_else(|| sources.add(shown_path.clone(), text.as_str()));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut header: Option<Vec<SmolStr>> = None;
    let mut map: Vec<Option<usize>> = Vec::new();
    let mut wide: Option<(usize, usize)> = None;
    let columns = &statement.decl.columns;
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => {
                let at = e.position().map_or(0, csv::Position::byte) as usize;
                // Before its header is known, a file may be anything, and nothing of it is shown.
                let here = if header.is_some() { Span::new(file, at, at) } else { span };
                out.push(Diagnostic::new(
                    ids_source::CSV_UNREADABLE,
                    here,
                    format!("this line is not CSV: {e}"),
                    "unreadable",
                ));
                return table;
            }
        }
        let start = record.position().map_or(0, csv::Position::byte) as usize;
        let row_span = line_span(file, &text, start);
        let Some(have) = &header else {
            let names: Vec<SmolStr> = record.iter().map(SmolStr::new).collect();
            let position = |want: &SmolStr| names.iter().position(|n| n == want);
            let table_like = is_table(statement, &names);
            let headed = |d: Diagnostic| match table_like {
                true => d.label(row_span, "its header"),
                // What is no table may be anything, and nothing of it is shown.
                false => d.note("nothing in its first line is a column of this table"),
            };
            if let Some((first, last)) = &statement.decl.wide {
                match (position(&first.text), position(&last.text)) {
                    (Some(a), Some(b)) if a <= b => wide = Some((a, b)),
                    _ => {
                        let text = format!("`{path}` has no columns {} to {}", first.text, last.text);
                        out.push(headed(Diagnostic::new(
                            ids_source::CSV_UNREADABLE,
                            first.span,
                            text,
                            "not in the file",
                        )));
                        return table;
                    }
                }
            }
            let named = columns.iter().filter(|c| !c.header.text.is_empty());
            let mut wanted: Vec<(&SmolStr, Span)> = named.map(|c| (&c.header.text, c.header.span)).collect();
            if let (Some((a, b)), Some((first, last))) = (wide, &statement.decl.wide) {
                wanted.extend(names[a..=b].iter().map(|name| (name, first.span.to(last.span))));
            }
            let before = out.len();
            header_once(&names, &wanted, path, row_span, out);
            if out.len() > before {
                return table;
            }
            for c in columns {
                let at = position(&c.header.text);
                let is_wide_value = wide.is_some() && c.header.text.is_empty();
                if at.is_none() && !is_wide_value {
                    let text = format!("`{path}` has no column `{}`", c.header.text);
                    let mut d = Diagnostic::new(ids_source::CSV_UNREADABLE, c.header.span, text, "not in the file");
                    d = headed(d);
                    if let Some(s) = did_you_mean(&c.header.text, names.iter().map(SmolStr::as_str)) {
                        d = d.help(format!("did you mean `{s}`?"));
                    } else if let [whole] = names.as_slice()
                        && whole.contains([';', '\t'])
                    {
                        d = d
                            .note("cells are separated by commas, and decimals by points")
                            .help("export the file with commas instead of semicolons or tabs");
                    }
                    out.push(d);
                    return table;
                }
                map.push(at);
            }
            header = Some(names);
            continue;
        };
        if record.len() > 1 && record.iter().eq(have.iter().map(SmolStr::as_str)) {
            let text = format!("the header of `{path}` stands here again");
            out.push(
                Diagnostic::new(ids_source::CSV_UNREADABLE, row_span, text, "not a row of data")
                    .help("delete this line; files that were joined keep one header"),
            );
            continue;
        }
        if record.len() != have.len() {
            let text = format!("this line has {} cells, the header {}", record.len(), have.len());
            out.push(Diagnostic::new(ids_source::CSV_RAGGED, row_span, text, "ragged line"));
            if out.len() > 200 {
                return table;
            }
            continue;
        }
        let mut cells = Vec::with_capacity(columns.len());
        for ((c, at), factor) in columns.iter().zip(&map).zip(factors) {
            let Some(at) = *at else {
                cells.push(Cell::Missing);
                continue;
            };
            let raw = record.get(at).unwrap_or("");
            let span = cell_span(file, &text, row_span, at);
            cells.push(read_cell(raw, &c.ty, *factor, span, shown(c), out));
        }
        if let Some((a, b)) = wide {
            let factor = factors.last().copied().unwrap_or(1.0);
            let name = columns.last().map(shown).cloned().unwrap_or_default();
            let mut values = Vec::with_capacity(b - a + 1);
            for at in a..=b {
                let span = cell_span(file, &text, row_span, at);
                let raw = record.get(at).unwrap_or("");
                if raw.is_empty() || raw == "none" {
                    let text = format!("a value of `{name}` is missing");
                    out.push(
                        Diagnostic::new(ids_source::CELL_UNREADABLE, span, text, "empty")
                            .help("write the value; zero is written as 0"),
                    );
                }
                match read_cell(raw, &ColumnType::Number, factor, span, &name, out) {
                    Cell::Number(x) => values.push(x),
                    _ => values.push(0.0),
                }
            }
            table.series.push(values);
        }
        table.rows.push(cells);
        table.spans.push(row_span);
    }
    if header.is_none() {
        out.push(Diagnostic::new(ids_source::EMPTY_FILE, span, format!("`{path}` is empty"), "no header"));
    }
    table
}

/// Does a first line look like the header of this table: is one of its columns there, or nearly?
fn is_table(statement: &TableStatement, names: &[SmolStr]) -> bool {
    let parts: Vec<&str> = names.iter().flat_map(|n| n.split([';', '\t', '|'])).map(str::trim).collect();
    let wide = statement.decl.wide.iter().flat_map(|(first, last)| [first, last]).map(|i| &i.text);
    let wanted = statement.decl.columns.iter().map(|c| &c.header.text).chain(wide).filter(|w| !w.is_empty());
    wanted.into_iter().any(|w| parts.contains(&w.as_str()) || did_you_mean(w, parts.iter().copied()).is_some())
}

fn read_cell(raw: &str, ty: &ColumnType, factor: f64, span: Span, column: &str, out: &mut Vec<Diagnostic>) -> Cell {
    match ty {
        ColumnType::Id | ColumnType::Text if !raw.is_empty() => Cell::Text(SmolStr::new(raw)),
        _ if raw.is_empty() || raw == "none" => Cell::Missing,
        ColumnType::Id | ColumnType::Text => Cell::Missing,
        ColumnType::YesNo => match raw {
            "0" | "no" | "false" => Cell::Bool(false),
            "1" | "yes" | "true" => Cell::Bool(true),
            _ => {
                let text = format!("`{raw}` in column `{column}` is neither 0 nor 1");
                out.push(Diagnostic::new(ids_source::CELL_UNREADABLE, span, text, describe(ty)));
                Cell::Missing
            }
        },
        ColumnType::Number | ColumnType::Unit(_) => match raw.parse::<f64>() {
            Ok(x) if (x * factor).is_finite() => Cell::Number(x * factor),
            _ => {
                let text = format!("`{raw}` in column `{column}` is not a finite number");
                let d = Diagnostic::new(ids_source::CELL_UNREADABLE, span, text, describe(ty));
                out.push(if raw.contains(',') { d.help("write decimals with a point") } else { d });
                Cell::Missing
            }
        },
    }
}

fn line_span(file: FileId, text: &str, start: usize) -> Span {
    // The reader's position may stand before blank lines.
    let bytes = text.as_bytes();
    let mut start = start.min(bytes.len());
    while start < bytes.len() && (bytes[start] == b'\n' || bytes[start] == b'\r') {
        start += 1;
    }
    let end = bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| start + i);
    Span::new(file, start, end)
}

/// The cell's place, for lines without quotes; the whole line otherwise.
fn cell_span(file: FileId, text: &str, row: Span, at: usize) -> Span {
    let line = &text[row.start as usize..row.end as usize];
    if line.contains('"') {
        return row;
    }
    let mut start = row.start as usize;
    for (i, part) in line.split(',').enumerate() {
        if i == at {
            return Span::new(file, start, start + part.trim_end_matches('\r').len());
        }
        start += part.len() + 1;
    }
    row
}
