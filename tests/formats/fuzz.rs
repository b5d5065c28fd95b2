//! Importers on arbitrary bytes and on damaged files: a result or findings, never a panic.

use crate::memory::{Folder, Imported};
use proptest::prelude::*;
use tieline::import::write;
use tieline::source::SourceMap;
use tieline::syntax;

const CASE: &str = "function mpc = two
%{
a block
%}
mpc.version = '2';
mpc.baseMVA = 10/3;   % comment
mpc.bus = [
	1	3	0	0	0	0	1	1	0	12.66	1	1.1	0.9;
	2	1	100, 60	-0.1	+.5	1	1e0	0	12.66	1	1.1	0.9 % end
];
mpc.gen = [1	0	0	10	-10	1	100	1	10	0];
mpc.branch = [
	1	2	0.01	0.02	0	0	0	0	0	0	1	-360	360;
	2	1	0.01	0.02	0	3	0	0	1.05	0	0	-360	360;
];
mpc.bus_name = { 'a'; 'b' };
[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, ...
    GS] = idx_bus;
Vbase = mpc.bus(1, 10) * 1e3;
if Vbase > 0 && ~isempty(mpc.gen(:, 1:end)), mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD QD]) ./ 1e3; end
k = find(mpc.branch(:, 11) == 0);
mpc.branch(k, [3 4]) = -mpc.branch(k, [3 4])' * 2;
";

fn damaged(text: &str) -> impl Strategy<Value = Vec<u8>> {
    let bytes = text.as_bytes().to_vec();
    let piece = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<u8>(), 1..4),
        prop::sample::select(vec![
            "[", "]", "(", ")", "'", "...", "\n", ";", "=", ":", "end", "if ", "1e", "NaN", "é", "%{\n", ".'", "^",
            "-", ","
        ])
        .prop_map(|s| s.as_bytes().to_vec()),
    ];
    prop::collection::vec((0..bytes.len(), 0..12usize, piece), 1..5).prop_map(move |edits| {
        let mut bytes = bytes.clone();
        for (at, length, piece) in edits {
            let at = at.min(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        bytes
    })
}

fn check(imported: &Imported) {
    imported.assert_well_formed();
    match &imported.feeder {
        Some(feeder) => {
            assert!(feeder.buses.iter().all(|b| b.p_kw.is_finite() && b.nominal_kv > 0.0));
            assert!(feeder.branches.iter().all(|b| b.r_ohm.is_finite() && b.x_ohm.is_finite()));
            let text = write::write(feeder, Some(write::Study::Losses));
            assert!(text.ends_with("minimize losses\n"));
            let file = SourceMap::default().add("written.tie", text.as_str());
            assert_eq!(syntax::parse(file, &text).diagnostics, [], "{text}");
        }
        None => assert!(!imported.findings.is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Imported::matpower(&String::from_utf8_lossy(&bytes)));
        for name in ["buses.csv", "lines.csv", "meta.json", "capacitors.csv"] {
            check(&Imported::csv(&Folder::small().with(name, &bytes)));
        }
    }

    #[test]
    fn any_code(text in "[a-c0-9 \\n;,.:'=(){}\\[\\]+*/^~<&-]{0,60}") {
        check(&Imported::matpower(&format!("{CASE}{text}")));
    }

    #[test]
    fn damaged_cases(bytes in damaged(CASE)) {
        check(&Imported::matpower(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn damaged_tables(bytes in damaged("line,from,to,r_ohm,x_ohm,normally_open,rate_a\n1,1,2,0.1,0.2,0,300\n2,1,2,\"0.3\",0.1,1,\n")) {
        check(&Imported::csv(&Folder::small().with("lines.csv", bytes)));
    }

    #[test]
    fn damaged_meta(bytes in damaged("{ \"base_kv\": 12.66, \"source_buses\": [1, \"2\"], \"source_voltage_pu\": 1.0, \"lines\": 2 }")) {
        check(&Imported::csv(&Folder::small().with("meta.json", bytes)));
    }
}
