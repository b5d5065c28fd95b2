//! Decisions in two stages: sites that are opened and sized ahead, deliveries once the demand is known. The
//! reference is one program over every corner of the set, or every scenario.

use crate::lp::{Lp, Outcome};
use crate::model::{Answer, Model};
use crate::random::Random;

/// What is not known.
#[derive(Debug, Clone, PartialEq)]
enum Unknown {
    /// Demands move by up to `swing`, with at most this sum of absolute factors in -1..1.
    Budget { swing: Vec<f64>, most: f64 },
    /// Demands by scenario, with probabilities; weight and level of the conditional value at risk.
    Scenarios { demand: Vec<Vec<f64>>, probability: Vec<f64>, risk: Option<(f64, f64)>, decomposed: bool },
}

/// A study in two stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Stages {
    /// Cost of opening, of size, greatest size.
    site: Vec<(f64, f64, f64)>,
    /// Cost of delivery, by site and customer.
    ship: Vec<Vec<f64>>,
    demand: Vec<f64>,
    /// Price of what is not delivered; none where all must be.
    short: Option<f64>,
    unknown: Unknown,
}

/// A random robust study.
pub fn robust(random: &mut Random) -> Stages {
    let mut stages = draw(random);
    let swing =
        stages.demand.iter().map(|d| if random.one_in(5) { 0.0 } else { (d * random.round(0.1, 0.6, 1)).floor() });
    let swing: Vec<f64> = swing.collect();
    let most = random.pick(&[0.0, 0.5, 1.0, 1.4, 2.0, 3.0]);
    stages.unknown = Unknown::Budget { swing, most };
    stages
}

/// A random stochastic study.
pub fn stochastic(random: &mut Random) -> Stages {
    let mut stages = draw(random);
    let count = 2 + random.below(3);
    let demand =
        (0..count).map(|_| stages.demand.iter().map(|d| (d * random.round(0.3, 1.6, 1)).floor()).collect()).collect();
    let tenths = match count {
        2 => vec![0.3, 0.7],
        3 => vec![0.5, 0.2, 0.3],
        _ => vec![0.1, 0.2, 0.3, 0.4],
    };
    let risk = random.one_in(3).then(|| (random.pick(&[0.3, 0.5, 0.9]), random.pick(&[0.5, 0.8, 0.95])));
    let decomposed = risk.is_none() && random.one_in(3);
    stages.unknown = Unknown::Scenarios { demand, probability: tenths, risk, decomposed };
    stages
}

fn draw(random: &mut Random) -> Stages {
    let customers = 1 + random.below(3);
    let equal = random.one_in(5);
    let site: Vec<(f64, f64, f64)> = (0..1 + random.below(3))
        .map(|_| {
            if equal {
                return (100.0, 5.0, 200.0);
            }
            let open = if random.one_in(4) { 0.0 } else { random.round(20.0, 400.0, 0) };
            (open, random.round(1.0, 20.0, 0), if random.one_in(8) { 0.0 } else { random.round(50.0, 400.0, 0) })
        })
        .collect();
    let ship = site.iter().map(|_| (0..customers).map(|_| random.round(1.0, 30.0, 0)).collect()).collect();
    let demand = (0..customers).map(|_| if random.one_in(8) { 0.0 } else { random.round(10.0, 200.0, 0) }).collect();
    let short = (!random.one_in(4)).then(|| random.round(20.0, 100.0, 0));
    Stages { site, ship, demand, short, unknown: Unknown::Budget { swing: Vec::new(), most: 0.0 } }
}

impl Stages {
    /// Every demand that counts, with its probability (0 for corners of a set).
    fn realisations(&self) -> Vec<(Vec<f64>, f64)> {
        match &self.unknown {
            Unknown::Scenarios { demand, probability, .. } => {
                demand.iter().cloned().zip(probability.iter().copied()).collect()
            }
            Unknown::Budget { swing, most } => {
                // Corners have whole factors but for one, which takes what the budget leaves.
                let n = swing.len();
                let levels = [-1.0, 0.0, 1.0, most.fract(), -most.fract()];
                let mut out = Vec::new();
                for code in 0..levels.len().pow(n as u32) {
                    let z: Vec<f64> =
                        (0..n).map(|j| levels[code / levels.len().pow(j as u32) % levels.len()]).collect();
                    if z.iter().map(|z| z.abs()).sum::<f64>() <= most + 1e-12 {
                        out.push((0..n).map(|j| self.demand[j] + swing[j] * z[j]).collect::<Vec<f64>>());
                    }
                }
                out.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
                out.dedup();
                out.into_iter().map(|d| (d, 0.0)).collect()
            }
        }
    }

    /// Adds the deliveries for a demand; gives what they cost.
    fn deliveries(&self, lp: &mut Lp, size: &[usize], demand: &[f64]) -> Vec<(usize, f64)> {
        let mut cost = Vec::new();
        let flow: Vec<Vec<usize>> =
            self.ship.iter().map(|row| row.iter().map(|_| lp.column(0.0, f64::INFINITY, 0.0)).collect()).collect();
        for (i, row) in flow.iter().enumerate() {
            let mut from: Vec<(usize, f64)> = row.iter().map(|f| (*f, 1.0)).collect();
            from.push((size[i], -1.0));
            lp.most(&from, 0.0);
            cost.extend(row.iter().zip(&self.ship[i]).map(|(f, c)| (*f, *c)));
        }
        for (j, d) in demand.iter().enumerate() {
            let mut to: Vec<(usize, f64)> = flow.iter().map(|row| (row[j], 1.0)).collect();
            if let Some(price) = self.short {
                let short = lp.column(0.0, f64::INFINITY, 0.0);
                to.push((short, 1.0));
                cost.push((short, price));
            }
            lp.least(&to, *d);
        }
        cost
    }

    fn program(&self) -> Lp {
        let mut lp = Lp::default();
        let mut first = Vec::new();
        let size: Vec<usize> = self
            .site
            .iter()
            .map(|(open, each, most)| {
                let (o, s) = (lp.whole(0.0, 1.0, 0.0), lp.column(0.0, f64::INFINITY, 0.0));
                lp.most(&[(s, 1.0), (o, -most)], 0.0);
                first.extend([(o, *open), (s, *each)]);
                s
            })
            .collect();
        let realisations = self.realisations();
        let costs: Vec<Vec<(usize, f64)>> =
            realisations.iter().map(|(d, _)| self.deliveries(&mut lp, &size, d)).collect();
        let above = |column: usize, cost: &[(usize, f64)]| {
            let mut row: Vec<(usize, f64)> = first.iter().chain(cost).map(|(j, c)| (*j, -c)).collect();
            row.push((column, 1.0));
            row
        };
        match &self.unknown {
            Unknown::Budget { .. } => {
                let worst = lp.column(f64::NEG_INFINITY, f64::INFINITY, 1.0);
                for cost in &costs {
                    let row = above(worst, cost);
                    lp.least(&row, 0.0);
                }
            }
            Unknown::Scenarios { risk, .. } => {
                let (weight, level) = risk.unwrap_or((0.0, 0.0));
                for ((_, p), cost) in realisations.iter().zip(&costs) {
                    first.iter().chain(cost).for_each(|(j, c)| lp.charge(*j, (1.0 - weight) * p * c));
                }
                if weight > 0.0 {
                    let at_risk = lp.column(f64::NEG_INFINITY, f64::INFINITY, weight);
                    for ((_, p), cost) in realisations.iter().zip(&costs) {
                        let over = lp.column(0.0, f64::INFINITY, weight * p / (1.0 - level));
                        let mut row = above(at_risk, cost);
                        row.push((over, 1.0));
                        lp.least(&row, 0.0);
                    }
                }
            }
        }
        lp
    }
}

fn list(numbers: &[f64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Model for Stages {
    fn statements(&self) -> Vec<String> {
        let column = |of: fn(&(f64, f64, f64)) -> f64| list(&self.site.iter().map(of).collect::<Vec<_>>());
        let ship: Vec<String> = self.ship.iter().map(|row| list(row).replace(',', "")).collect();
        let mut out = vec![
            format!("set site = 1..{}", self.site.len()),
            format!("set customer = 1..{}", self.demand.len()),
            format!("param open_cost[site] = [{}]", column(|s| s.0)),
            format!("param size_cost[site] = [{}]", column(|s| s.1)),
            format!("param most[site] = [{}]", column(|s| s.2)),
            format!("param ship[site, customer] = [{}]", ship.join("; ")),
            "var open[i in site] : binary, ahead".to_owned(),
            "var size[i in site] : number >= 0, ahead".to_owned(),
            "var flow[i in site, j in customer] : number >= 0, recourse".to_owned(),
            "rule limit[i in site] : size[i] <= most[i] * open[i]".to_owned(),
            "rule ship_from[i in site] : sum(j in customer: flow[i, j]) <= size[i]".to_owned(),
        ];
        let demand = match &self.unknown {
            Unknown::Budget { swing, most } => {
                out.push(format!("param base[customer] = [{}]", list(&self.demand)));
                out.push(format!("param swing[customer] = [{}]", list(swing)));
                out.push("uncertain g[j in customer] in -1..1".to_owned());
                out.push(format!("budget most_of_all : sum(j in customer: abs(g[j])) <= {most}"));
                out.push("param demand[j in customer] = base[j] + swing[j] * g[j]".to_owned());
                out.push("study s = robust ccg(gap = 0.01 %)".to_owned());
                "demand[j]".to_owned()
            }
            Unknown::Scenarios { demand, probability, risk, decomposed } => {
                let columns: Vec<String> = (1..=self.demand.len()).map(|j| format!("d{j} : number")).collect();
                let rows: Vec<String> = demand
                    .iter()
                    .zip(probability)
                    .enumerate()
                    .map(|(k, (d, p))| format!("s{k} | {p} | {}", list(d).replace(", ", " | ")))
                    .collect();
                out.push(format!(
                    "table demands {{ name : id; probability : number; {} }} {{ {} }}",
                    columns.join("; "),
                    rows.join("; ")
                ));
                out.push("scenarios c = rows(demands)".to_owned());
                let risk = risk.map(|(w, l)| format!(", weight = {w}, level = {l}")).unwrap_or_default();
                let how = if *decomposed { "decomposed" } else { "extensive" };
                out.push(format!("study s = stochastic {how}(over = c, gap = 0.01 %{risk})"));
                String::new()
            }
        };
        let short = match self.short {
            Some(price) => {
                out.push("var short[j in customer] : number >= 0, recourse".to_owned());
                format!(" + {price} * sum(j in customer: short[j])")
            }
            None => String::new(),
        };
        let slack = if self.short.is_some() { " + short[j]" } else { "" };
        if demand.is_empty() {
            // A row's numbers are told apart by their place alone, which is a period.
            out.push(format!("horizon {} h step 1 h", self.demand.len()));
            for j in 1..=self.demand.len() {
                let slack = slack.replace("[j]", &format!("[{j}]"));
                out.push(format!("rule meet{j} : sum(i in site: flow[i, {j}]){slack} >= c.value[{j}]"));
            }
        } else {
            out.push(format!("rule meet[j in customer] : sum(i in site: flow[i, j]){slack} >= {demand}"));
        }
        let first = "sum(i in site: open_cost[i] * open[i] + size_cost[i] * size[i])";
        out.push(format!("minimize {first} + sum(i in site, j in customer: ship[i, j] * flow[i, j]){short}"));
        out
    }

    fn answer(&self) -> Answer {
        let program = self.program();
        match program.solve() {
            Outcome::Unbounded => Answer { unbounded: true, ..Answer::infeasible() },
            exact => Answer::between(program.widened(1e-5).solve().value(), exact.value(), 1e-4),
        }
    }

    fn study(&self) -> Option<&str> {
        Some("s")
    }

    fn smaller(&self) -> Vec<Box<dyn Model>> {
        let mut out: Vec<Box<dyn Model>> = Vec::new();
        for i in 0..self.site.len() {
            if self.site.len() > 1 {
                let mut other = self.clone();
                other.site.remove(i);
                other.ship.remove(i);
                out.push(Box::new(other));
            }
        }
        out
    }
}
