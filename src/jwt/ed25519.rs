//! What strict Ed25519 demands beyond RFC 8032 §5.1.7. Signature engines differ here, so none of them is asked: the
//! answer is the same everywhere.

/// Whether an encoded point is one of the points of order 1, 2, 4 or 8, or its y is not reduced: under such a key some
/// signatures verify for every message, and a signature that begins with one is malleable.
pub(crate) fn is_weak_point(encoded: &[u8]) -> bool {
    /// The y coordinates of the two pairs of points of order 8, little-endian.
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
            0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
            0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
    ];
    let Ok(mut y) = <[u8; 32]>::try_from(encoded) else { return true };
    let [first, middle @ .., last] = &mut y;
    *last &= 0x7f; // the top bit is the sign of x
                   // y = 0 has order 4; y = 1 is the identity; y = p - 1 has order 2; y >= p is not reduced (p = 2^255 - 19).
    let is_small = *first <= 1 && *last == 0 && middle.iter().all(|octet| *octet == 0);
    let is_from_p_minus_1 = *first >= 0xec && middle.iter().all(|octet| *octet == 0xff) && *last == 0x7f;
    is_small || is_from_p_minus_1 || ORDER_8.contains(&y)
}
