//! Descent by branch exchange.

use std::collections::VecDeque;

use crate::network::powerflow::tree::DARK;
use crate::network::powerflow::{Failure, Workspace};
use crate::random::Random;

use super::forest::{Candidate, Forest};
use super::{Evaluated, IMPROVEMENT, Refusal, Task};

/// Exchanges of one tie that are decided by a power flow, best estimates first.
const TRIALS: usize = 2;
/// The estimate leaves out that loads draw more current at lower voltage: exchanges are still tried
/// when it is above zero by less than this share of the feeders' losses.
const DOUBT: f64 = 5e-4;
/// A disturbance makes at most so many random exchanges …
const STRONGEST: usize = 4;
/// … each opening one of the branches that cost least by the estimate, so many of them.
const SPREAD: usize = 12;
/// The load of a start without power flow is halved at most so often.
const HALVINGS: usize = 6;

/// Branch exchange on one task; its memory is reused from state to state.
#[derive(Debug, Clone)]
pub struct BranchExchange<'a> {
    task: &'a Task<'a>,
    pub(super) forest: Forest<'a>,
    workspace: Workspace,
    queue: VecDeque<u32>,
    queued: Vec<bool>,
    list: Vec<Candidate>,
}

impl<'a> BranchExchange<'a> {
    /// Prepares for a task.
    ///
    /// # Errors
    /// A [`Refusal`] when the task's data do not fit together.
    pub fn new(task: &'a Task<'a>) -> Result<BranchExchange<'a>, Refusal> {
        task.check()?;
        Ok(BranchExchange {
            task,
            forest: Forest::new(task),
            workspace: Workspace::new(),
            queue: VecDeque::new(),
            queued: vec![false; task.grid.branches().len()],
            list: Vec::new(),
        })
    }

    /// Judges a state by a power flow of the whole network.
    ///
    /// # Errors
    /// A [`Refusal`], as for [`Task::evaluate`].
    pub fn evaluate(&mut self, closed: &[bool]) -> Result<Evaluated, Refusal> {
        self.task.evaluate(&mut self.workspace, closed)
    }

    /// Exchanges branches of a radial state until none saves anything, and judges the result. A state
    /// without power flow is first improved at a lower load.
    ///
    /// # Errors
    /// A [`Refusal`] when the state is not radial and complete, or no state with a power flow was found;
    /// `closed` is then as it was.
    pub fn improve(&mut self, closed: &mut [bool]) -> Result<Evaluated, Refusal> {
        self.descend_from(closed)?;
        let found = self.task.evaluate(&mut self.workspace, self.forest.closed())?;
        closed.copy_from_slice(self.forest.closed());
        Ok(found)
    }

    /// Takes a state and descends; where it has no power flow, first at the largest halved load that
    /// has one.
    pub(super) fn descend_from(&mut self, closed: &[bool]) -> Result<(), Refusal> {
        let mut scale = 1.0;
        let mut taken = self.forest.take(closed, scale);
        for _ in 0..HALVINGS {
            if !matches!(taken, Err(Refusal::PowerFlow(Failure::Diverged { .. }))) {
                break;
            }
            scale *= 0.5;
            taken = self.forest.take(closed, scale);
        }
        taken?;
        self.descend_all();
        if scale < 1.0 {
            let relieved = self.forest.closed().to_vec();
            self.forest.take(&relieved, 1.0)?;
            self.descend_all();
        }
        Ok(())
    }

    fn descend_all(&mut self) {
        for k in 0..self.forest.ties().len() {
            self.enqueue(self.forest.ties()[k]);
        }
        self.descend();
        self.forest.keep();
    }

    fn enqueue(&mut self, tie: u32) {
        if !std::mem::replace(&mut self.queued[tie as usize], true) {
            self.queue.push_back(tie);
        }
    }

    /// Queues the ties with an end in a feeder at an end of one of these branches.
    pub(super) fn enqueue_around(&mut self, branch: u32) {
        let tops = self.forest.tops(branch);
        for k in 0..self.forest.ties().len() {
            let tie = self.forest.ties()[k];
            if self.forest.tops(tie).iter().any(|&top| top != DARK && tops.contains(&top)) {
                self.enqueue(tie);
            }
        }
    }

    /// Exchanges as long as a queued tie offers an improvement. Returns the change of losses and
    /// penalty, W.
    pub(super) fn descend(&mut self) -> f64 {
        let mut change = 0.0;
        while let Some(tie) = self.queue.pop_front() {
            self.queued[tie as usize] = false;
            if !self.forest.is_tie(tie) {
                continue;
            }
            if let Some(saved) = self.exchange(tie) {
                change += saved;
            }
        }
        change
    }

    /// Makes the best exchange of a tie if it improves; returns the change.
    fn exchange(&mut self, tie: u32) -> Option<f64> {
        let mut list = std::mem::take(&mut self.list);
        self.forest.candidates(tie, &mut list);
        list.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        let price = self.forest.local_price(tie);
        let violated = self.forest.is_violated(tie);
        let trials = if violated { list.len() } else { TRIALS };
        let mut best: Option<(f64, u32)> = None;
        for candidate in list.iter().take(trials) {
            if candidate.estimate > DOUBT * price && !violated {
                break;
            }
            if let Some(change) = self.forest.attempt(tie, candidate.open)
                && change < -IMPROVEMENT * price
                && best.is_none_or(|(least, _)| change < least)
            {
                best = Some((change, candidate.open));
            }
        }
        self.list = list;
        let (_, open) = best?;
        // The last attempt may have been another one.
        let change = self.forest.attempt(tie, open)?;
        self.forest.commit();
        self.enqueue_around(tie);
        self.enqueue_around(open);
        Some(change)
    }
}

impl BranchExchange<'_> {
    /// Makes a few random exchanges near one another and queues the ties around them. Returns the
    /// change of losses and penalty, W.
    pub(super) fn disturb(&mut self, random: &mut Random) -> f64 {
        let ties = self.forest.ties().len();
        let mut tie = self.forest.ties()[random.below(ties)];
        let mut change = 0.0;
        let strength = 1 + random.below(STRONGEST);
        for _ in 0..strength {
            let mut list = std::mem::take(&mut self.list);
            self.forest.candidates(tie, &mut list);
            list.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
            let open = list.get(random.below(list.len().min(SPREAD))).map(|c| c.open);
            self.list = list;
            if let Some(open) = open
                && let Some(cost) = self.forest.attempt(tie, open)
            {
                self.forest.commit();
                change += cost;
                self.enqueue_around(tie);
                self.enqueue_around(open);
            }
            match self.queue.get(random.below(self.queue.len())) {
                Some(&near) if self.forest.is_tie(near) => tie = near,
                _ => break,
            }
        }
        change
    }
}
