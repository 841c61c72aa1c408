//! The service's time, learnt from what it signed. The device's clock may be an hour off, and may be set at any moment.

use super::event::Moment;

/// By how much the wall clock has to run ahead of the monotonic one, in milliseconds, before a token is thought to be older
/// than it seems: the device slept while the monotonic clock stood still, or its clock was set.
const JUMP: f64 = 15e3;

/// Rounds up. Only std has that for floats, and the package is built without.
pub(super) fn ceil(number: f64) -> f64 {
    let whole = number as i64 as f64;
    if whole < number {
        whole + 1.0
    } else {
        whole
    }
}

/// What is known of the service's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ServerClock {
    /// The service's time less the monotonic clock's, once a token has told it.
    offset: Option<f64>,
    /// The wall clock less the monotonic one, when it was last looked at.
    gap: Option<f64>,
    /// The skew that was told last.
    told: f64,
}

impl ServerClock {
    /// The service's time in milliseconds since the epoch.
    pub(super) fn time(&self, now: Moment) -> Option<f64> {
        self.offset.map(|offset| now.monotonic + offset)
    }

    /// Takes the `iat` of a token that came this moment, in seconds. Answers by how many seconds the device's clock is
    /// ahead, if that is over `tolerance` (milliseconds) away from what was told before.
    pub(super) fn learn(&mut self, iat: f64, now: Moment, tolerance: f64) -> Option<f64> {
        self.offset = Some(iat * 1e3 - now.monotonic);
        self.gap = Some(now.wall - now.monotonic);
        let skew = now.wall - iat * 1e3;
        // `iat` is in whole seconds.
        if (skew - self.told).abs() <= tolerance + 1e3 {
            return None;
        }
        self.told = skew;
        Some(ceil(skew / 1e3 - 0.5))
    }

    /// Whether more time may have passed since the last token than the monotonic clock says. Asked once for each jump.
    pub(super) fn has_jumped(&mut self, now: Moment) -> bool {
        let gap = now.wall - now.monotonic;
        let has_jumped = self.gap.is_some_and(|before| gap - before > JUMP);
        if has_jumped {
            self.gap = Some(gap);
        }
        has_jumped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic: f64, wall: f64) -> Moment {
        Moment { monotonic, wall }
    }

    #[test]
    fn the_service_is_right_whatever_the_device_says() {
        for hour in [-3_600e3, 0.0, 3_600e3] {
            let mut clock = ServerClock::default();
            assert_eq!(clock.time(at(0.0, 1e12 + hour)), None);
            let told = clock.learn(1e9, at(5.0, 1e12 + hour), 5e3);
            assert_eq!(told, (hour != 0.0).then_some(hour / 1e3));
            assert_eq!(clock.time(at(1_005.0, 0.0)), Some(1e12 + 1e3));
            assert_eq!(clock.learn(1e9 + 600.0, at(600_005.0, 1e12 + hour + 600e3), 5e3), None, "told once");
        }
    }

    #[test]
    fn a_clock_that_is_set_is_told_again() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.learn(1e9, at(0.0, 1e12), 5e3), None);
        assert_eq!(clock.learn(1e9 + 10.0, at(10e3, 1e12 + 10e3 - 7_200e3), 5e3), Some(-7_200.0));
        assert_eq!(clock.learn(1e9 + 20.0, at(20e3, 1e12 + 20e3), 5e3), Some(0.0));
    }

    #[test]
    fn sleep_is_noticed_once() {
        let mut clock = ServerClock::default();
        assert!(!clock.has_jumped(at(0.0, 1e12)), "nothing was learnt yet");
        clock.learn(1e9, at(0.0, 1e12), 5e3);
        assert!(!clock.has_jumped(at(60e3, 1e12 + 60e3)));
        assert!(clock.has_jumped(at(60e3, 1e12 + 3_660e3)));
        assert!(!clock.has_jumped(at(61e3, 1e12 + 3_661e3)));
        assert!(!clock.has_jumped(at(62e3, 0.0)), "a clock that is set back makes no token older");
    }
}
