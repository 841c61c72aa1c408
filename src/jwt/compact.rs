//! The compact serialization (RFC 7515 §7.1): three base64url segments, and nothing that merely looks like them.

use crate::error::Error;
use alloc::vec::Vec;

/// The segments of a token, still encoded.
#[derive(Debug, Clone, Copy)]
pub struct Segments<'a> {
    /// The protected header.
    pub header: &'a [u8],
    /// The payload: the claims.
    pub payload: &'a [u8],
    /// The signature; empty in an unsecured token.
    pub signature: &'a [u8],
    /// What the signature covers: header, dot, payload (RFC 7515 §5.2).
    pub signing_input: &'a [u8],
}

/// Splits a token at its two dots.
///
/// # Errors
/// [`Error::TokenMalformed`] if there are not exactly three segments, or header or payload is empty.
pub fn split(token: &[u8]) -> Result<Segments<'_>, Error> {
    let mut dots = token.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at);
    let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
        return Err(Error::TokenMalformed("it does not have three segments"));
    };
    let segments = (token.get(..first), token.get(first + 1..second), token.get(second + 1..), token.get(..second));
    let (Some(header), Some(payload), Some(signature), Some(signing_input)) = segments else {
        return Err(Error::TokenMalformed("it does not have three segments"));
    };
    if header.is_empty() || payload.is_empty() {
        return Err(Error::TokenMalformed("a segment is empty"));
    }
    Ok(Segments { header, payload, signature, signing_input })
}

/// What is no character of the alphabet maps to a value with the top bits set.
const INVALID: u8 = 0xff;

/// The base64url alphabet (RFC 4648 §5), from character to six bits.
static ALPHABET: [u8; 256] = {
    let mut table = [INVALID; 256];
    let characters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut value = 0;
    while value < 64 {
        #[allow(clippy::indexing_slicing)] // evaluated at compile time
        {
            table[characters[value] as usize] = value as u8;
        }
        value += 1;
    }
    table
};

fn six_bits(character: u8) -> u32 {
    // A u8 cannot miss a table of 256.
    #[allow(clippy::indexing_slicing)]
    u32::from(ALPHABET[character as usize])
}

/// Decodes base64url without padding into `out`, which is emptied first.
///
/// Only the canonical form is taken: an accepted text re-encodes to itself (RFC 4648 §3.5), so that no two texts of a
/// token mean the same.
///
/// # Errors
/// [`Error::TokenMalformed`] for another character (also `=`, `+`, `/`, white space), an impossible length, or bits
/// left over that are not zero.
pub fn decode(segment: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    out.clear();
    // Faults are gathered and looked at once: one branch a segment instead of one a character.
    let mut faults = 0;
    let quads = segment.chunks_exact(4);
    let rest = quads.remainder();
    out.extend(quads.flat_map(|quad| {
        let [a, b, c, d] = quad else { return [0; 3] };
        let (a, b, c, d) = (six_bits(*a), six_bits(*b), six_bits(*c), six_bits(*d));
        faults |= a | b | c | d;
        let [_, x, y, z] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
        [x, y, z]
    }));
    match rest {
        [] => {}
        [a, b] => {
            let bits = six_bits(*a) << 6 | six_bits(*b);
            faults |= six_bits(*a) | six_bits(*b);
            if bits & 0xf != 0 {
                return Err(Error::TokenMalformed("a segment is not canonical base64url"));
            }
            out.push((bits >> 4) as u8);
        }
        [a, b, c] => {
            let bits = six_bits(*a) << 12 | six_bits(*b) << 6 | six_bits(*c);
            faults |= six_bits(*a) | six_bits(*b) | six_bits(*c);
            if bits & 3 != 0 {
                return Err(Error::TokenMalformed("a segment is not canonical base64url"));
            }
            let [_, _, x, y] = (bits >> 2).to_be_bytes();
            out.extend([x, y]);
        }
        _ => return Err(Error::TokenMalformed("a segment has an impossible length")),
    }
    if faults & !0x3f != 0 {
        return Err(Error::TokenMalformed("a segment is not base64url"));
    }
    Ok(())
}

/// The deepest nesting that is parsed.
pub const MAX_DEPTH: usize = 32;

/// Whether arrays and objects nest no deeper than [`MAX_DEPTH`]. Parsers differ in what they do then, some crash: no
/// parser of ours meets such a text. Says nothing about anything else in it.
#[must_use]
pub fn is_shallow(json: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

fn skip_string(bytes: &mut core::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(text.as_bytes(), &mut out).ok().map(|()| out)
    }

    #[test]
    fn decodes_every_length() {
        for (text, bytes) in [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob")] {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decoded("-_-_"), Some(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn refuses_what_is_not_canonical() {
        for text in
            ["Z", "Zm9vZ", "Zh", "Zm9", "Zg==", "Zm8=", "+/+/", " Zm9", "Zm 9", "Zm9v\n", "Zm9\0", "Zm9é", "Z.g"]
        {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }

    #[test]
    fn splits_into_three() {
        let segments = split(b"aa.bb.cc").unwrap();
        assert_eq!((segments.header, segments.payload, segments.signature), (&b"aa"[..], &b"bb"[..], &b"cc"[..]));
        assert_eq!(segments.signing_input, b"aa.bb");
        assert!(split(b"aa.bb.").unwrap().signature.is_empty());
        for text in ["", ".", "..", "aa", "aa.bb", "aa.bb.cc.dd", ".bb.cc", "aa..cc", "a.b.c.d.e"] {
            assert!(split(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(split(&[b'.'; 100_000]).is_err());
    }

    #[test]
    fn depth_counts_outside_of_strings_only() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_shallow(nested(MAX_DEPTH).as_bytes()));
        assert!(!is_shallow(nested(MAX_DEPTH + 1).as_bytes()));
        assert!(is_shallow(format!("{{\"a\":\"{}\"}}", "[".repeat(99)).as_bytes()));
        assert!(is_shallow(format!("[\"\\\"{}\"]", "{".repeat(99)).as_bytes()));
        assert!(is_shallow("[1],".repeat(99).as_bytes()));
        assert!(!is_shallow(&[b'{'; 1_000]));
    }

    proptest::proptest! {
        #[test]
        fn what_is_accepted_encodes_to_itself(text in "[A-Za-z0-9_=+-]{0,40}") {
            use std::fmt::Write;
            if let Some(bytes) = decoded(&text) {
                let mut bits = String::new();
                for byte in &bytes {
                    write!(bits, "{byte:08b}").unwrap();
                }
                while bits.len() % 6 != 0 {
                    bits.push('0');
                }
                let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                let again: String = bits
                    .as_bytes()
                    .chunks(6)
                    .map(|six| usize::from_str_radix(std::str::from_utf8(six).unwrap(), 2).unwrap())
                    .map(|value| char::from(alphabet[value]))
                    .collect();
                proptest::prop_assert_eq!(again, text);
            }
        }
    }
}
