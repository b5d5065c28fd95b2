//! Random studies, solved by the tieline program and judged by references that share no code with it.
//!
//! `cargo run --release -p rig -- --seed 1 --count 20000`; see `docs/rig.md`.

mod arguments;
mod cases;
mod curtailed;
mod day;
mod flow;
mod islands;
mod judge;
mod kinds;
mod lp;
mod model;
mod network;
mod peers;
mod plain;
mod program;
mod random;
mod run;
mod stages;
mod table;
mod text;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    if arguments.show {
        run::show(&arguments);
        return ExitCode::SUCCESS;
    }
    let tieline = program::Tieline { path: arguments.tieline.clone(), limit: arguments.limit, gap: arguments.gap };
    let mut sound = true;
    if arguments.cases {
        match cases::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")) {
            Ok(cases) => sound &= run::cases(&cases, &tieline),
            Err(why) => {
                eprintln!("{why}");
                return ExitCode::from(2);
            }
        }
    }
    sound &= run::studies(&arguments, &tieline);
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
