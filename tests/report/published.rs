//! Numbers that others have published of a study's cases, beside what comes out.

use crate::studies::analysed;
use tieline::report::published;

#[test]
fn a_row_of_the_table_published_belongs_to_its_case() {
    let text = "use networks.ieee33\n\
        table published { case : id | cost : EUR | average_losses : kW | swings : number } { A | 6526.59 | 0.289 | 3; \"D.1\" | none | 69 | 4 }\n\
        with conic, radial\nsnapshot\nbus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\nminimize losses\ncase A { }\ncase \"D.1\" { }\n";
    let analysis = analysed(text);
    let of = |case: &str| {
        let list = published(&analysis.model, case);
        list.into_iter().map(|q| format!("{} = {:.3} {}", q.name, q.value, q.unit)).collect::<Vec<_>>()
    };
    assert_eq!(
        of("A"),
        ["published cost = 6526.590 EUR", "published average losses = 0.289 kW", "published swings = 3.000 "]
    );
    assert_eq!(of("D.1"), ["published average losses = 69.000 kW", "published swings = 4.000 "]);
    assert!(of("B").is_empty());
    // The file without a case, and a study without the table.
    assert!(of("as written").is_empty());
    assert!(published(&analysed("param x = 1").model, "A").is_empty());
}
