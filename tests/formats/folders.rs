//! The network folders: base losses as verified by others.

use crate::{shared, sweep};
use tieline::import::{csv_folder, write};
use tieline::source::SourceMap;

#[test]
fn every_folder_has_its_verified_base_losses() {
    let Some(dir) = shared::networks() else { return };
    let mut folders: Vec<_> = std::fs::read_dir(dir)
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|p| p.join("meta.json").is_file())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let mut sources = SourceMap::default();
        let (feeder, findings) = csv_folder::read(&shared::Disk, &mut sources, &folder.to_string_lossy());
        let feeder = feeder.unwrap_or_else(|| panic!("{}: {findings:?}", folder.display()));
        assert_eq!(findings, []);
        let meta: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("meta.json")).expect("meta")).expect("json");
        let want = meta["verified"]["base"]["loss_kw_bfs"].as_f64().expect("verified losses");
        let got = sweep::losses_kw(&feeder);
        assert!((got - want).abs() <= 1e-4 * want, "{}: {got} kW, verified {want} kW", folder.display());
        let text = write::write(&feeder, Some(write::Study::Losses));
        assert!(text.matches("    ").count() >= feeder.buses.len() + feeder.branches.len());
        let fixed = meta["non_switchable_lines_in_source"].as_array().map_or(0, Vec::len);
        assert_eq!(feeder.branches.iter().filter(|b| !b.switchable).count(), fixed, "{}", folder.display());
    }
}
