//! Numbers for people: digits in groups of three, bytes in MiB.

/// A number with commas: `201,600`.
///
/// ```
/// assert_eq!(mem_report::human::grouped(201_600), "201,600");
/// ```
#[must_use]
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its sign and commas: `+201,600`; 0 has no sign.
///
/// ```
/// assert_eq!(mem_report::human::signed(-1_024), "-1,024");
/// assert_eq!(mem_report::human::signed(0), "0");
/// ```
#[must_use]
pub fn signed(number: i128) -> String {
    let sign = match number {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

/// Bytes in MiB with two decimals, rounded half up: `26.27 MiB`.
///
/// ```
/// assert_eq!(mem_report::human::mib(27_541_504), "26.27 MiB");
/// ```
#[must_use]
pub fn mib(bytes: u64) -> String {
    let hundredths = (u128::from(bytes) * 100 + (1 << 19)) >> 20;
    format!("{}.{:02} MiB", grouped(hundredths / 100), hundredths % 100)
}

/// Bytes in MiB with their sign: `+0.19 MiB`; what rounds to 0.00 has its sign all the same.
///
/// ```
/// assert_eq!(mem_report::human::signed_mib(-201_600), "-0.19 MiB");
/// ```
#[must_use]
pub fn signed_mib(bytes: i128) -> String {
    let sign = match bytes {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    // A difference of two figures of 64 bits has no more bits than that.
    format!("{sign}{}", mib(u64::try_from(bytes.unsigned_abs()).unwrap_or(u64::MAX)))
}

/// A number with commas, and its sign if it is negative.
pub(crate) fn grouped_signed(number: i128) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

/// The least bytes that are 0.01 MiB when they are rounded.
pub(crate) const SHOWN_IN_MIB: u64 = (1 << 20) / 200 + 1;
