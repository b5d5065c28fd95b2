//! The few HiGHS calls that the safe crate does not wrap: interrupting and watching a run, the offset of the
//! objective, the basis, and the node count.
#![allow(unsafe_code)] // C entry points without a safe wrapper; the pointers live as long as the calls

use crate::deadline::Deadline;
use highs::{HighsStatus, Model, SolvedModel};
use std::ffi::{c_char, c_int, c_void};

/// What a run reports: (node count, best solution's objective, dual bound).
pub type Report<'a> = dyn Fn(u64, f64, f64) + 'a;

/// What to watch during a run.
pub struct Watch<'a> {
    /// When the run stops.
    pub limit: &'a Deadline,
    /// Called at HiGHS's own logging moments of a MILP.
    pub report: Option<&'a Report<'a>>,
}

/// Sets what is added to the objective. HiGHS measures its relative gap by the sum.
pub fn set_offset(model: &mut Model, offset: f64) -> bool {
    // SAFETY: a live model; the call only writes a number into it.
    let status = unsafe { highs_sys::Highs_changeObjectiveOffset(model.as_mut_ptr(), offset) };
    status == highs_sys::STATUS_OK
}

/// Sets the status of each column and row in the basis to start at; false where HiGHS rejects it.
pub fn set_basis(model: &mut Model, columns: &[c_int], rows: &[c_int]) -> bool {
    if columns.len() != model.num_cols() || rows.len() != model.num_rows() {
        return false;
    }
    // SAFETY: a live model, which reads as many numbers as it has columns and rows.
    let status = unsafe { highs_sys::Highs_setBasis(model.as_mut_ptr(), columns.as_ptr(), rows.as_ptr()) };
    status == highs_sys::STATUS_OK
}

/// The status of each column and row in the basis of a solved linear problem.
pub fn basis(solved: &SolvedModel) -> Option<(Vec<c_int>, Vec<c_int>)> {
    let solution = solved.get_solution();
    let (mut columns, mut rows) = (vec![0; solution.columns().len()], vec![0; solution.rows().len()]);
    // SAFETY: a live model, which writes as many numbers as it has columns and rows.
    let status = unsafe { highs_sys::Highs_getBasis(solved.as_ptr(), columns.as_mut_ptr(), rows.as_mut_ptr()) };
    (status == highs_sys::STATUS_OK).then_some((columns, rows))
}

/// Runs the model under the eyes of `watch`.
pub fn run(mut model: Model, watch: &Watch<'_>) -> Result<SolvedModel, HighsStatus> {
    let data: *const Watch<'_> = watch;
    let pointer = model.as_mut_ptr();
    // SAFETY: `watch` is borrowed until this function returns, and the callback is removed before.
    unsafe {
        highs_sys::Highs_setCallback(pointer, Some(callback), data.cast_mut().cast());
        for kind in WATCHED {
            highs_sys::Highs_startCallback(pointer, kind);
        }
    }
    let result = model.try_solve();
    result.map(|mut solved| {
        // SAFETY: the model is alive; clearing the callback drops the borrow of `watch`.
        unsafe {
            for kind in WATCHED {
                highs_sys::Highs_stopCallback(solved.as_mut_ptr(), kind);
            }
            highs_sys::Highs_setCallback(solved.as_mut_ptr(), None, std::ptr::null_mut());
        }
        solved
    })
}

/// Branch-and-bound nodes of a solved MILP (0 for an LP).
pub fn node_count(solved: &SolvedModel) -> u64 {
    let mut count: i64 = 0;
    // SAFETY: a live model, a NUL-terminated name of an int64 item, a valid place for the value.
    let status = unsafe {
        highs_sys::Highs_getInt64InfoValue(solved.as_ptr().cast_mut(), c"mip_node_count".as_ptr(), &mut count)
    };
    if status == highs_sys::STATUS_OK { u64::try_from(count).unwrap_or(0) } else { 0 }
}

/// A ray of row duals of the infeasible relaxation of a problem without solution, where HiGHS finds one within these
/// simplex iterations: it solves the relaxation without objective and without presolve.
pub fn dual_ray(solved: &mut SolvedModel, rows: usize, iterations: u64) -> Option<Vec<f64>> {
    // SAFETY: a live model.
    if usize::try_from(unsafe { highs_sys::Highs_getNumRow(solved.as_ptr()) }) != Ok(rows) {
        return None;
    }
    let mut ray = vec![0.0; rows];
    let mut found: c_int = 0;
    let pointer = solved.as_mut_ptr();
    // SAFETY: a live model; the option's name is NUL-terminated; HiGHS writes as many numbers as the model has rows.
    let status = unsafe {
        let most = c_int::try_from(iterations).unwrap_or(c_int::MAX);
        highs_sys::Highs_setIntOptionValue(pointer, c"simplex_iteration_limit".as_ptr(), most);
        highs_sys::Highs_getDualRay(pointer, &mut found, ray.as_mut_ptr())
    };
    (status == highs_sys::STATUS_OK && found != 0).then_some(ray)
}

/// Simplex, interior point and MILP interrupts, and the MILP log.
const WATCHED: [c_int; 4] = [1, 2, 6, MIP_LOGGING];
const MIP_LOGGING: c_int = 5;

unsafe extern "C" fn callback(
    kind: c_int,
    _message: *const c_char,
    out: *const highs_sys::HighsCallbackDataOut,
    input: *mut highs_sys::HighsCallbackDataIn,
    data: *mut c_void,
) {
    // SAFETY: `data` is the `Watch` given to `run`, which outlives the run.
    let Some(watch) = (unsafe { data.cast::<Watch<'_>>().as_ref() }) else { return };
    if kind == MIP_LOGGING {
        // SAFETY: HiGHS passes a valid record for the duration of the call.
        if let (Some(report), Some(out)) = (watch.report, unsafe { out.as_ref() }) {
            report(u64::try_from(out.mip_node_count).unwrap_or(0), out.mip_primal_bound, out.mip_dual_bound);
        }
    }
    if watch.limit.passed() {
        // SAFETY: as above; null for kinds that cannot be interrupted.
        if let Some(input) = unsafe { input.as_mut() } {
            input.user_interrupt = 1;
        }
    }
}
