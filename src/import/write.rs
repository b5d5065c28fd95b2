//! A feeder as the text of a self-contained `.tie` file.
//!
//! This is the only place that knows the surface of the language; everything about foreign formats
//! is done before.

use super::feeder::{Bus, Feeder, Injection, InjectionKind};
use rustc_hash::FxHashSet;
use std::fmt::Write as _;

/// A study that is appended to the network, so that the file is itself runnable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Study {
    /// Open and close lines so that the losses of a snapshot are least.
    Losses,
}

/// The window of a study where the source has no voltage limits, in pu.
const WIDE: (f64, f64) = (0.7, 1.1);

/// The text of the file.
pub fn write(feeder: &Feeder, study: Option<Study>) -> String {
    let mut out = String::with_capacity(64 * (feeder.buses.len() + feeder.branches.len()) + 1024);
    head(&mut out, feeder);
    out.push_str("use std.grid\n");
    if feeder.branches.iter().any(|b| b.ratio.is_some()) {
        out.push_str("use std.tap_changer\n");
    }
    let limits = Limits::of(feeder, study);
    buses(&mut out, feeder, &limits, study);
    lines(&mut out, feeder);
    ratios(&mut out, feeder);
    injections(&mut out, feeder);
    sources(&mut out, feeder);
    if let Some(Study::Losses) = study {
        out.push_str("\nwith conic, radial\nsnapshot\n");
        if let Limits::Uniform { low, high, given } = limits {
            let why = if given { "" } else { "  # wide: the imported data have no voltage limits" };
            let _ = writeln!(out, "bus.v_min = {} pu{why}", number(low));
            let _ = writeln!(out, "bus.v_max = {} pu", number(high));
        }
        out.push_str("minimize losses\n");
    }
    out
}

/// How voltage limits are written.
enum Limits {
    /// Not at all.
    None,
    /// One window for all buses; `given` by the source, or the wide one.
    Uniform { low: f64, high: f64, given: bool },
    /// A window per bus, in its row.
    PerBus {
        windows: Vec<(f64, f64)>,
        /// Some bus has the wide window, or a wide end, because the data do not limit it.
        widened: bool,
    },
}

impl Limits {
    fn of(feeder: &Feeder, study: Option<Study>) -> Limits {
        let given = |bus: &Bus| bus.v_min.is_some() || bus.v_max.is_some();
        let Some(first) = feeder.buses.iter().find(|b| given(b)) else {
            return match study {
                Some(_) => {
                    let set = || feeder.sources.iter().map(|s| s.v_set);
                    let (low, high) = (set().fold(WIDE.0, f64::min), set().fold(WIDE.1, f64::max));
                    Limits::Uniform { low, high, given: false }
                }
                None => Limits::None,
            };
        };
        let window = |bus: &Bus| (bus.v_min.unwrap_or(WIDE.0), bus.v_max.unwrap_or(WIDE.1));
        let (low, high) = window(first);
        let set = |bus: &Bus| feeder.sources.iter().find(|s| s.bus == bus.id).map(|s| s.v_set);
        let held: Vec<Option<f64>> =
            if feeder.sources.is_empty() { Vec::new() } else { feeder.buses.iter().map(set).collect() };
        let held = |i: usize| held.get(i).copied().flatten();
        let fits = |(i, bus): (usize, &Bus)| match held(i) {
            Some(v) => low <= v && v <= high,
            None => given(bus) && window(bus) == (low, high),
        };
        if feeder.buses.iter().enumerate().all(fits) {
            return Limits::Uniform { low, high, given: true };
        }
        let windows = feeder.buses.iter().enumerate().map(|(i, bus)| match held(i) {
            Some(v) => (low.min(v), high.max(v)),
            None => window(bus),
        });
        let open_end = |(i, bus): (usize, &Bus)| held(i).is_none() && (bus.v_min.is_none() || bus.v_max.is_none());
        Limits::PerBus { windows: windows.collect(), widened: feeder.buses.iter().enumerate().any(open_end) }
    }
}

fn head(out: &mut String, feeder: &Feeder) {
    let open = feeder.branches.iter().filter(|b| b.normally_open).count();
    let counts = [(feeder.buses.len(), "bus", "buses"), (feeder.branches.len(), "line", "lines")];
    let [buses, lines] = counts.map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }));
    let sources = feeder.sources.len();
    let plural = if sources == 1 { "" } else { "s" };
    let _ = writeln!(
        out,
        "## {}: imported from {}; {buses}, {lines} ({open} normally open), {sources} source{plural}.",
        line(&feeder.name),
        line(&feeder.file),
    );
    for note in &feeder.notes {
        let _ = writeln!(out, "# Import: {}.", line(note));
    }
}

fn buses(out: &mut String, feeder: &Feeder, limits: &Limits, study: Option<Study>) {
    let nominal = shared(feeder.buses.iter().map(|b| b.nominal_kv));
    let mut columns = vec!["bus : id", "p : kW", "q : kvar"];
    if nominal.is_none() {
        columns.push("nominal : kV");
    }
    out.push('\n');
    if let Limits::PerBus { widened, .. } = limits {
        columns.extend(["v_min : pu", "v_max : pu"]);
        if *widened {
            let (low, high) = (number(WIDE.0), number(WIDE.1));
            let _ =
                writeln!(out, "# Where the imported data have no limit, the wide window {low} to {high} pu stands.");
        }
    }
    let _ = writeln!(out, "table buses {{ {} }} {{", columns.join(" | "));
    for (i, bus) in feeder.buses.iter().enumerate() {
        let _ = write!(out, "    {} | {} | {}", id(&bus.id), number(bus.p_kw), number(bus.q_kvar));
        if nominal.is_none() {
            let _ = write!(out, " | {}", number(bus.nominal_kv));
        }
        if let Limits::PerBus { windows, .. } = limits {
            let (low, high) = windows.get(i).copied().unwrap_or(WIDE);
            let _ = write!(out, " | {} | {}", number(low), number(high));
        }
        out.push('\n');
    }
    let nominal = nominal.map_or("row.nominal".to_owned(), |kv| number(kv) + " kV");
    let window = match limits {
        Limits::PerBus { .. } => "; v_min = row.v_min; v_max = row.v_max".to_owned(),
        Limits::Uniform { low, high, .. } if study.is_none() => {
            format!("; v_min = {} pu; v_max = {} pu", number(*low), number(*high))
        }
        _ => String::new(),
    };
    let _ = writeln!(out, "}}\nbus each row in buses {{ id = row.bus; nominal = {nominal}{window} }}");
    out.push_str("load each row in buses where row.p != 0 kW or row.q != 0 kvar ");
    out.push_str("{ id = row.bus; at = bus row.bus; p = row.p; q = row.q }\n");
}

fn lines(out: &mut String, feeder: &Feeder) {
    let rated = feeder.branches.iter().any(|b| b.rate_a.is_some());
    let fixed = feeder.branches.iter().any(|b| !b.switchable);
    let mut columns = vec!["line : id", "from : id", "to : id", "r : ohm", "x : ohm", "normally_open : 0/1"];
    let mut fields = String::new();
    if rated {
        columns.push("rate : A");
        fields.push_str("; rate = row.rate");
    }
    if fixed {
        columns.push("switchable : 0/1");
        fields.push_str("; switchable = row.switchable");
    }
    let _ = writeln!(out, "\ntable lines {{ {} }} {{", columns.join(" | "));
    for b in &feeder.branches {
        let (r, x, open) = (number(b.r_ohm), number(b.x_ohm), u8::from(b.normally_open));
        let _ = write!(out, "    {} | {} | {} | {r} | {x} | {open}", id(&b.id), id(&b.from), id(&b.to));
        if rated {
            let _ = write!(out, " | {}", b.rate_a.map_or("none".to_owned(), number));
        }
        if fixed {
            let _ = write!(out, " | {}", u8::from(b.switchable));
        }
        out.push('\n');
    }
    out.push_str("}\nline each row in lines { id = row.line; from = bus row.from; to = bus row.to; ");
    let _ = writeln!(out, "r = row.r; x = row.x; normally_open = row.normally_open{fields} }}");
}

/// An off-nominal ratio is a tap changer that stands still: at position 1 above its nominal one, or below.
fn ratios(out: &mut String, feeder: &Feeder) {
    let mut rest = feeder.branches.iter().filter_map(|b| Some((b, 1.0 / b.ratio?))).peekable();
    if rest.peek().is_some() {
        out.push_str("\n# Off-nominal ratios of transformers, as tap changers that stand still.\n");
    }
    for (branch, voltage) in rest {
        let name = id(&branch.id);
        let (lowest, highest, start) = if voltage > 1.0 { (0, 1, 1) } else { (-1, 0, -1) };
        let tap = number((voltage - 1.0).abs());
        let _ = writeln!(
            out,
            "tap_changer {name} at line {name} {{ tap = {tap}; lowest = {lowest}; highest = {highest}; start = {start}; moves = 0 }}"
        );
    }
}

/// Constant injections are loads of the opposite sign, in a table of their own per kind.
fn injections(out: &mut String, feeder: &Feeder) {
    let mut taken: FxHashSet<String> = feeder.buses.iter().map(|b| b.id.clone()).collect();
    let kinds = [
        (InjectionKind::Capacitor, "capacitors", "C", "Capacitors of constant reactive power"),
        (InjectionKind::Shunt, "shunts", "S", "Shunts at the power of nominal voltage"),
        (InjectionKind::Generator, "generators", "G", "Generators at their dispatch"),
    ];
    for (kind, table, letter, what) in kinds {
        let members: Vec<&Injection> = feeder.injections.iter().filter(|i| i.kind == kind).collect();
        if members.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n# {what}, as loads of negative power.");
        let _ = writeln!(out, "table {table} {{ id : id | bus : id | p : kW | q : kvar }} {{");
        for injection in members {
            let stem = format!("{letter}{}", injection.bus);
            let mut name = stem.clone();
            let mut number_of = 1;
            while !taken.insert(name.clone()) {
                number_of += 1;
                name = format!("{stem}_{number_of}");
            }
            let (p, q) = (number(-injection.p_kw), number(-injection.q_kvar));
            let _ = writeln!(out, "    {} | {} | {p} | {q}", id(&name), id(&injection.bus));
        }
        let _ = writeln!(out, "}}\nload each row in {table} {{ id = row.id; at = bus row.bus; p = row.p; q = row.q }}");
    }
}

fn sources(out: &mut String, feeder: &Feeder) {
    out.push('\n');
    if let [one] = feeder.sources.as_slice() {
        let v = number(one.v_set);
        let _ = writeln!(out, "source {} at bus {} {{ v_set = {v} pu }}", text(&one.id), id(&one.bus));
        return;
    }
    let shared_v = shared(feeder.sources.iter().map(|s| s.v_set));
    let column = if shared_v.is_none() { " | v_set : pu" } else { "" };
    let _ = writeln!(out, "table sources {{ source : id | bus : id{column} }} {{");
    for source in &feeder.sources {
        let _ = write!(out, "    {} | {}", id(&source.id), id(&source.bus));
        if shared_v.is_none() {
            let _ = write!(out, " | {}", number(source.v_set));
        }
        out.push('\n');
    }
    let v = shared_v.map_or("row.v_set".to_owned(), |v| number(v) + " pu");
    let _ = writeln!(out, "}}\nsource each row in sources {{ id = row.source; at = bus row.bus; v_set = {v} }}");
}

/// The value that all have, if they do.
fn shared(mut values: impl Iterator<Item = f64>) -> Option<f64> {
    let first = values.next()?;
    values.all(|v| v == first).then_some(first)
}

/// An id: bare where it is a plain whole number, quoted otherwise.
fn id(id: &str) -> String {
    let plain = !id.is_empty()
        && id.len() <= 15
        && id.bytes().all(|b| b.is_ascii_digit())
        && (id == "0" || !id.starts_with('0'));
    if plain { id.to_owned() } else { text(id) }
}

/// A quoted text.
fn text(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 2);
    out.push('"');
    for c in content.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// One line of comment text.
fn line(content: &str) -> String {
    content.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Shortest decimal that reads back to the same number, without an exponent for usual sizes.
fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    if (1e-9..1e15).contains(&x.abs()) { format!("{x}") } else { format!("{x:e}") }
}
