//! Chance: the same for the same seed.

use rand::{RngExt, SeedableRng};
use rand_xorshift::XorShiftRng;

#[derive(Debug)]
pub(crate) struct Dice(XorShiftRng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(XorShiftRng::seed_from_u64(seed))
    }

    /// Evenly spread from 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// The time until something that happens at random, on average after so long.
    pub(crate) fn pause(&mut self, mean: f64) -> f64 {
        -(1.0 - self.share()).ln() * mean
    }
}
