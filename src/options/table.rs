//! How options are validated: a table of what each may be, and whoever holds the values tells what they are.

/// What a value is: one bit for each thing that is true of it.
pub mod is {
    /// Not given.
    pub const ABSENT: u32 = 1 << 0;
    /// `null`.
    pub const NULL: u32 = 1 << 1;
    /// A boolean.
    pub const BOOL: u32 = 1 << 2;
    /// A number that is finite and not negative.
    pub const AMOUNT: u32 = 1 << 3;
    /// A string that is not empty.
    pub const TEXT: u32 = 1 << 4;
    /// An array of strings that are not empty, at least one.
    pub const TEXTS: u32 = 1 << 5;
    /// An array without anything.
    pub const EMPTY_LIST: u32 = 1 << 6;
    /// An absolute http or https URL, as a string or a `URL`.
    pub const URL: u32 = 1 << 7;
    /// A function.
    pub const FUNCTION: u32 = 1 << 8;
    /// An object that is none of the above.
    pub const OBJECT: u32 = 1 << 9;
    /// An array of names of signature algorithms, at least one.
    pub const ALGORITHMS: u32 = 1 << 10;
    /// A whole number from 1 to 1048576.
    pub const SIZE: u32 = 1 << 11;
    /// The name of a place for key sets: `memory`.
    pub const STORE: u32 = 1 << 12;
}

/// One option.
#[derive(Debug)]
pub struct Row {
    /// Its name; with a dot where it is a member of an option.
    pub name: &'static str,
    /// The things of [`is`] that it may be.
    pub accepts: u32,
    /// The same in words.
    pub expected: &'static str,
}

/// Where options are read from: a JavaScript object on the web, a table in tests.
pub trait Source {
    /// What the option of this name is: bits of [`is`].
    fn look(&mut self, name: &'static str) -> u32;

    /// The number of an option, which is an amount.
    fn amount(&mut self, name: &'static str) -> f64;

    /// Whether every option has been looked at: one that nobody looks at is unknown, and nearly always a typo.
    fn is_all_known(&mut self) -> bool;
}

/// An option that cannot be meant: a `TypeError` in JavaScript, which also says what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misuse {
    /// The option that was looked at last, or the unknown one, as the source knows it.
    pub name: Option<&'static str>,
    /// What would have been right.
    pub expected: &'static str,
}

/// Checks every option of a table.
///
/// # Errors
/// [`Misuse`] for the first that is not what it may be, or for one that is unknown.
pub fn check(source: &mut dyn Source, table: &'static [Row]) -> Result<(), Misuse> {
    for row in table {
        if source.look(row.name) & row.accepts == 0 {
            return Err(Misuse { name: Some(row.name), expected: row.expected });
        }
    }
    if source.is_all_known() {
        Ok(())
    } else {
        Err(Misuse { name: None, expected: "a known option" })
    }
}

/// Options for tests.
#[cfg(test)]
pub(crate) mod test_source {
    use super::Source;

    /// Options by name: what each is, and its number. What was looked at is taken out.
    pub(crate) struct Table(pub(crate) Vec<(&'static str, u32, f64)>, pub(crate) Vec<&'static str>);

    impl Source for Table {
        fn look(&mut self, name: &'static str) -> u32 {
            self.1.push(name);
            self.0.iter().find(|row| row.0 == name).map_or(super::is::ABSENT, |row| row.1)
        }
        fn amount(&mut self, name: &'static str) -> f64 {
            self.0.iter().find(|row| row.0 == name).map_or(f64::NAN, |row| row.2)
        }
        fn is_all_known(&mut self) -> bool {
            self.0.iter().all(|row| self.1.contains(&row.0))
        }
    }
}
