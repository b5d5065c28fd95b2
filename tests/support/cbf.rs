//! A reader of the Conic Benchmark Format, written from the format's description and independent of
//! the writer.

/// The content of a file: `min or max  objective · x + constant`, `x` in domains, rows in cones.
#[derive(Debug, Default)]
pub struct Cbf {
    /// `MIN` or `MAX`.
    pub sense: String,
    /// Number of variables.
    pub columns: usize,
    /// (cone, size) over the variables, in order.
    pub domains: Vec<(String, usize)>,
    /// Integer variables.
    pub integers: Vec<usize>,
    /// (cone, size) over the rows, in order.
    pub cones: Vec<(String, usize)>,
    /// Linear objective.
    pub objective: Vec<(usize, f64)>,
    /// Its constant.
    pub constant: f64,
    /// Rows: constant and terms.
    pub rows: Vec<(f64, Vec<(usize, f64)>)>,
}

/// Reads a file; panics at anything unknown.
pub fn read(text: &str) -> Cbf {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let mut cbf = Cbf::default();
    let numbers = |line: &str| -> Vec<f64> { line.split_whitespace().map(|w| w.parse().expect("a number")).collect() };
    while let Some(keyword) = lines.next() {
        let mut next = || lines.next().expect("a further line");
        match keyword {
            "VER" => assert!((1..=4).contains(&next().parse::<i32>().expect("version"))),
            "OBJSENSE" => cbf.sense = next().to_owned(),
            "VAR" | "CON" => {
                let sizes = numbers(next());
                let cones: Vec<(String, usize)> = (0..sizes[1] as usize)
                    .map(|_| {
                        let (cone, size) = next().split_once(' ').expect("cone and size");
                        (cone.to_owned(), size.trim().parse().expect("size"))
                    })
                    .collect();
                assert_eq!(cones.iter().map(|c| c.1).sum::<usize>(), sizes[0] as usize, "{keyword} sizes");
                if keyword == "VAR" {
                    cbf.columns = sizes[0] as usize;
                    cbf.domains = cones;
                } else {
                    cbf.rows = vec![(0.0, Vec::new()); sizes[0] as usize];
                    cbf.cones = cones;
                }
            }
            "INT" => {
                let count: usize = next().parse().expect("count");
                cbf.integers = (0..count).map(|_| next().parse().expect("index")).collect();
            }
            "OBJBCOORD" => cbf.constant = next().parse().expect("constant"),
            "OBJACOORD" | "ACOORD" | "BCOORD" => {
                let count: usize = next().parse().expect("count");
                for _ in 0..count {
                    let entry = numbers(next());
                    match keyword {
                        "OBJACOORD" => cbf.objective.push((entry[0] as usize, entry[1])),
                        "ACOORD" => cbf.rows[entry[0] as usize].1.push((entry[1] as usize, entry[2])),
                        _ => cbf.rows[entry[0] as usize].0 += entry[1],
                    }
                }
            }
            other => panic!("unknown keyword {other}"),
        }
    }
    cbf
}
