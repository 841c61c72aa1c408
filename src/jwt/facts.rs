//! What the checks need to know of a header and of claims: a few marks and numbers, so that a host hands them over in one
//! call, and every check is plain arithmetic.

use super::algorithm::Algorithm;

/// How a member of a JSON object compares with what is expected of it. In facts: two bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Match {
    /// Not there.
    #[default]
    Absent = 0,
    /// There, but of a type that it cannot have.
    OtherType = 1,
    /// There, with another value than the expected ones.
    Differs = 2,
    /// As expected; where nothing in particular is expected: of the right type.
    Good = 3,
}

impl Match {
    /// The two bits at `shift`.
    pub(crate) fn at(marks: u32, shift: u32) -> Self {
        match marks >> shift & 3 {
            0 => Match::Absent,
            1 => Match::OtherType,
            2 => Match::Differs,
            _ => Match::Good,
        }
    }
}

/// A header (RFC 7515 §4), read by whoever parsed it. If a member stands there twice, the last one counts.
///
/// From the lowest bit: `alg`, `typ` and `kid`, each a [`Match`]; of `alg` and `kid` only the type counts; whether `crit` (§4.1.11)
/// or `b64` (RFC 7797) is there, whatever its value; and the number of the algorithm, 15 for a name that is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeaderFacts(pub u32);

impl HeaderFacts {
    /// `alg`.
    #[must_use]
    pub fn alg(self) -> Match {
        Match::at(self.0, 0)
    }

    /// `typ`.
    #[must_use]
    pub fn typ(self) -> Match {
        Match::at(self.0, 2)
    }

    /// `kid`.
    #[must_use]
    pub fn kid(self) -> Match {
        Match::at(self.0, 4)
    }

    /// Whether it demands an extension.
    #[must_use]
    pub fn demands_extension(self) -> bool {
        self.0 >> 6 & 1 != 0
    }

    /// The algorithm, if there is one of that name.
    #[must_use]
    pub fn algorithm(self) -> Option<Algorithm> {
        Algorithm::from_number(self.0 >> 7 & 15)
    }

    /// The facts of a header with these members.
    #[must_use]
    pub fn new(alg: Match, typ: Match, kid: Match, demands_extension: bool, algorithm: Option<Algorithm>) -> Self {
        let number = algorithm.map_or(15, |algorithm| algorithm as u32);
        Self(alg as u32 | (typ as u32) << 2 | (kid as u32) << 4 | u32::from(demands_extension) << 6 | number << 7)
    }
}

/// A registered claim (RFC 7519 §4.1) that is checked. The times come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// `exp`.
    Exp,
    /// `nbf`.
    Nbf,
    /// `iat`.
    Iat,
    /// `iss`, a string.
    Iss,
    /// `aud`, a string or an array of strings; an empty array differs.
    Aud,
    /// `sub`, a string.
    Sub,
}

/// Claims, read and compared by whoever parsed them. If a member stands there twice, the last one counts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ClaimsFacts {
    /// From the lowest bit, a [`Match`] for each [`Claim`] in its order; a time that is not finite counts as another
    /// type. Above them the number of the first required claim that is not there, plus 1; 0 if none is missing.
    pub marks: u32,
    /// `exp`, `nbf` and `iat` in seconds since the epoch, where their marks are good.
    pub times: [f64; 3],
}

impl ClaimsFacts {
    /// How a claim compares.
    #[must_use]
    pub fn of(&self, claim: Claim) -> Match {
        Match::at(self.marks, 2 * claim as u32)
    }

    /// A time, where it is good.
    #[must_use]
    pub fn time(&self, claim: Claim) -> Option<f64> {
        self.times.get(claim as usize).copied().filter(|_| self.of(claim) == Match::Good)
    }

    /// The number of the first required claim that is not there.
    #[must_use]
    pub fn missing(&self) -> Option<usize> {
        (self.marks as usize >> 12).checked_sub(1)
    }

    /// The same facts, of claims that lack the required one with this number.
    #[must_use]
    pub fn lacking(mut self, number: Option<usize>) -> Self {
        self.marks = self.marks & 0xfff | (number.map_or(0, |number| number as u32 + 1) << 12);
        self
    }

    /// The same facts, with this mark for a claim.
    #[must_use]
    pub fn with(mut self, claim: Claim, mark: Match) -> Self {
        let shift = 2 * claim as u32;
        self.marks = self.marks & !(3 << shift) | (mark as u32) << shift;
        self
    }

    /// The same facts, with this time.
    #[must_use]
    pub fn at(mut self, claim: Claim, seconds: f64) -> Self {
        if let Some(time) = self.times.get_mut(claim as usize) {
            *time = seconds;
        }
        self.with(claim, Match::Good)
    }
}
