//! What a site's Cache API holds. What is put there is found a little later, and until then what was there before.

use crate::service::Generation;
use crate::world::Time;

/// One address of the cache.
#[derive(Debug, Clone)]
pub(crate) struct Shared<T> {
    /// The value that is found, and those that are being put, with the time from when on they are found.
    values: Vec<(Time, T)>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { values: Vec::new() }
    }
}

impl<T: Copy> Shared<T> {
    /// The value that was put last and is there.
    pub(crate) fn found(&self, now: Time) -> Option<T> {
        self.values.iter().rev().find(|(from, _)| *from <= now).map(|(_, value)| *value)
    }

    pub(crate) fn put(&mut self, now: Time, found_from: Time, value: T) {
        let there = self.values.iter().rposition(|(from, _)| *from <= now);
        self.values.drain(..there.unwrap_or(0));
        self.values.push((found_from, value));
    }
}

/// A key set, and when the service was asked for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) asked: Time,
    pub(crate) keys: Generation,
}

/// That an isolate is fetching, or that the service failed and until when it is left alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) until: Time,
    pub(crate) is_failure: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_found_until_the_next_value_is() {
        let mut shared = Shared::default();
        assert_eq!(shared.found(0.0), None);
        shared.put(0.0, 20.0, 'a');
        assert_eq!((shared.found(19.0), shared.found(20.0)), (None, Some('a')));
        shared.put(30.0, 50.0, 'b');
        shared.put(40.0, 60.0, 'c');
        assert_eq!([49.0, 50.0, 60.0].map(|now| shared.found(now)), [Some('a'), Some('b'), Some('c')]);
        shared.put(70.0, 90.0, 'd');
        assert_eq!(shared.values.len(), 2);
    }
}
