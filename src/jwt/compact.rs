//! The compact serialization (RFC 7515 §7.1): three base64url segments, and nothing that merely looks like them.

use crate::error::{Fault, Verdict};

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
/// `token_malformed` if there are not exactly three segments, or header or payload is empty.
pub fn split(token: &[u8]) -> Verdict<Segments<'_>> {
    let (header, rest) = cut(token)?;
    let (payload, signature) = cut(rest)?;
    if cut(signature).is_ok() {
        return Err(Fault::NotThreeSegments);
    }
    if header.is_empty() || payload.is_empty() {
        return Err(Fault::EmptySegment);
    }
    let signing_input = token.get(..header.len() + 1 + payload.len()).unwrap_or_default();
    Ok(Segments { header, payload, signature, signing_input })
}

/// What stands before and behind the first dot.
///
/// # Errors
/// `token_malformed` if there is no dot.
pub fn cut(text: &[u8]) -> Verdict<(&[u8], &[u8])> {
    let dot = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
    match text.split_at_checked(dot) {
        Some((before, [_, behind @ ..])) => Ok((before, behind)),
        _ => Err(Fault::NotThreeSegments),
    }
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

/// Decodes base64url without padding into the front of `room`, which shrinks to what is left of it.
///
/// Only the canonical form is taken: an accepted text re-encodes to itself (RFC 4648 §3.5), so that no two texts of a
/// token mean the same.
///
/// # Errors
/// `token_malformed` for another character (also `=`, `+`, `/`, white space), an impossible length, or bits left over
/// that are not zero. Also if there is no room: a text of n characters needs ⌈¾n⌉ octets, rounded up to a multiple of 3.
pub fn decode<'a>(text: &[u8], room: &mut &'a mut [u8]) -> Verdict<&'a [u8]> {
    let length = text.len() * 3 / 4;
    let padded = room_for(text.len());
    let Some((out, rest)) = core::mem::take(room).split_at_mut_checked(padded) else {
        return Err(Fault::NotBase64url);
    };
    *room = rest;
    // Faults are gathered and looked at once: one branch a text instead of one a character.
    let mut faults = 0;
    let quads = text.chunks_exact(4);
    let mut last = [b'A'; 4];
    last.iter_mut().zip(quads.remainder()).for_each(|(to, from)| *to = *from);
    for (three, quad) in out.chunks_exact_mut(3).zip(quads.chain([&last[..]])) {
        let [a, b, c, d] = quad else { continue };
        let (a, b, c, d) = (six_bits(*a), six_bits(*b), six_bits(*c), six_bits(*d));
        faults |= a | b | c | d;
        let [_, octets @ ..] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
        // Not `copy_from_slice`, whose panic costs more than all of this.
        three.iter_mut().zip(octets).for_each(|(to, from)| *to = from);
    }
    let Some((octets, padding)) = out.split_at_checked(length) else { return Err(Fault::NotBase64url) };
    // Four characters hold three octets: one alone holds none, and what two or three hold too much must be zero.
    if faults & !0x3f != 0 || text.len() % 4 == 1 || padding.iter().any(|octet| *octet != 0) {
        return Err(Fault::NotBase64url);
    }
    Ok(octets)
}

/// What [`decode`] needs for a text of so many characters.
#[must_use]
pub const fn room_for(characters: usize) -> usize {
    characters.div_ceil(4) * 3
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
        let mut room = vec![0xee; room_for(text.len())];
        decode(text.as_bytes(), &mut room.as_mut_slice()).ok().map(<[u8]>::to_vec)
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
    fn texts_lie_one_after_another() {
        let mut room = [0; 9];
        let mut rest = room.as_mut_slice();
        assert_eq!(decode(b"Zm8", &mut rest), Ok(&b"fo"[..]));
        assert_eq!(decode(b"Zm9vYg", &mut rest), Ok(&b"foob"[..]));
        assert_eq!(decode(b"Zg", &mut rest), Err(Fault::NotBase64url), "no room left");
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
