use tieline::*;
struct Disk;
impl source::Files for Disk { fn read(&self, p: &str) -> Result<Vec<u8>, String> { std::fs::read(p).map_err(|e| e.to_string()) } }
#[test]
fn dev() {
    let path = std::env::var("TIE").unwrap_or("examples/ieee33.tie".into());
    let t0 = std::time::Instant::now();
    let mut a = analysis::analyse(&Disk, &path, &analysis::Request { case: std::env::var("CASE").ok(), set: vec![] });
    println!("analysis {:?}", t0.elapsed());
    let t0 = std::time::Instant::now();
    let p = a.program();
    println!("program {:?}", t0.elapsed());
    let c = diagnostics::collect::collect(a.diagnostics.clone(), Some(20));
    println!("{}", diagnostics::render::human(&a.sources, &c, diagnostics::render::Style { color: false, unicode: true }));
    if let Some(p) = p {
        println!("vars {} cons {} factors {} budgets {} net {:?}", p.variables.len(), p.constraints.len(), p.factors.len(), p.budgets.len(), p.network.as_ref().map(|n| (n.buses.len(), n.periods.len(), n.minimises_losses, n.periods[0].cones.len(), n.periods[0].radial.is_some())));
    }
}
