//! `time.format` and `time.parse` against `jiff`, which shares no code with what the runtime uses: what both can say they say alike.
#![no_main]

use arbitrary::Arbitrary;
use fuse_runtime::process::clock;
use jiff::civil::DateTime;
use jiff::{Timestamp, fmt::strtime, tz::TimeZone};

/// Directives that mean the same in both for years of four digits.
const DIRECTIVES: [&str; 33] = [
    "%Y", "%C", "%y", "%G", "%g", "%m", "%b", "%h", "%B", "%d", "%e", "%j", "%a", "%A", "%w", "%u", "%U", "%W", "%V",
    "%D", "%F", "%H", "%k", "%I", "%l", "%P", "%p", "%M", "%S", "%R", "%T", "%s", "%%",
];
/// Between directives: nothing that could be taken for a part of one.
const BETWEEN: [&str; 6] = ["", " ", "-", "/", "T", ": "];
/// Formats that name a moment completely.
const COMPLETE: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%F",
];

const FIRST: i64 = -30_610_224_000_000; // 1000-01-01: before, jiff writes a century with one digit, where POSIX wants two
const LAST: i64 = 253_402_127_999_999; // 9999-12-29, the last whole day of jiff's

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    epoch: i64,
    directives: Vec<(u8, u8)>,
    text: &'a str,
    format: &'a str,
    complete: u8,
}

fn pick<'a>(list: &[&'a str], number: u8) -> &'a str {
    list[usize::from(number) % list.len()]
}

/// What jiff reads, as milliseconds.
fn read(text: &str, format: &str) -> Option<i64> {
    let parsed = strtime::parse(format, text).ok()?;
    if let Ok(moment) = parsed.to_timestamp() {
        return Some(moment.as_millisecond());
    }
    let civil = parsed
        .to_datetime()
        .or_else(|_| parsed.to_date().map(DateTime::from))
        .ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

libfuzzer_sys::fuzz_target!(|input: Input| {
    // Anything at all: an answer, in time.
    let _ = clock::format(input.epoch, input.format).map_err(|fault| fault.release());
    clock::parse(input.text, input.format);

    let epoch = FIRST + (input.epoch as i128).rem_euclid((LAST - FIRST) as i128) as i64;
    // Whole seconds: before 1970 jiff rounds `%s` up, while the fields beside it are those of the second that has begun.
    let zoned = Timestamp::from_millisecond(epoch.div_euclid(1000) * 1000)
        .expect("in range")
        .to_zoned(TimeZone::UTC);
    let format: String = input
        .directives
        .iter()
        .take(16)
        .map(|&(directive, between)| pick(&DIRECTIVES, directive).to_owned() + pick(&BETWEEN, between))
        .collect();
    let expected = strtime::format(&format, &zoned).expect("known directives");
    match clock::format(epoch, &format) {
        Ok(text) => assert_eq!(text, expected, "{epoch} {format:?}"),
        Err(_) => panic!("{epoch} {format:?} is refused"),
    }

    let full = "%Y-%m-%dT%H:%M:%S%.3f%z";
    let text = clock::format(epoch, full).unwrap_or_else(|_| panic!("{epoch} is refused"));
    assert_eq!(clock::parse(&text, full), Some(epoch), "{text}");

    let complete = pick(&COMPLETE, input.complete);
    let text = strtime::format(complete, &zoned).expect("known directives");
    assert_eq!(clock::parse(&text, complete), read(&text, complete), "{text:?} {complete:?}");
    if let (Some(ours), Some(theirs)) = (clock::parse(input.text, complete), read(input.text, complete)) {
        assert_eq!(ours, theirs, "{:?} {complete:?}", input.text);
    }
});
