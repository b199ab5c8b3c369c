//! Days and times of the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`), and their texts.

/// Milliseconds of a day.
pub(super) const DAY: f64 = 86_400_000.0;

pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// A time in parts. Months count from 0, weekdays from Sunday.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub year: f64,
    pub month: f64,
    pub date: f64,
    pub hours: f64,
    pub minutes: f64,
    pub seconds: f64,
    pub milliseconds: f64,
    pub weekday: f64,
}

/// The day since 1970 of a date whose month may be out of range.
fn day_of(year: f64, month: f64, date: f64) -> f64 {
    let year = year + (month / 12.0).floor();
    let month = month.rem_euclid(12.0);
    if year.abs() > 400_000.0 {
        return f64::NAN;
    }
    let month = month as i64;
    let year = year as i64 - i64::from(month < 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 10) % 12) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) as f64 + date - 1.0
}

/// The time of parts: year, month, day, hours, minutes, seconds, milliseconds. Each may be out of range.
pub(super) fn time_of(parts: [f64; 7]) -> f64 {
    if parts.iter().any(|part| !part.is_finite()) {
        return f64::NAN;
    }
    let [year, month, date, hours, minutes, seconds, milliseconds] = parts.map(f64::trunc);
    let within = hours * 3_600_000.0 + minutes * 60_000.0 + seconds * 1000.0 + milliseconds;
    day_of(year, month, date) * DAY + within
}

impl Fields {
    pub(super) fn of(time: f64) -> Self {
        let day = (time / DAY).floor();
        let within = time - day * DAY;
        let days = day as i64 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = (shifted + 2) % 12;
        Self {
            year: (year_of_era + era * 400 + i64::from(month < 2)) as f64,
            month: month as f64,
            date: (day_of_year - (153 * shifted + 2) / 5 + 1) as f64,
            hours: (within / 3_600_000.0).floor(),
            minutes: (within / 60_000.0).floor() % 60.0,
            seconds: (within / 1000.0).floor() % 60.0,
            milliseconds: within % 1000.0,
            weekday: (day + 4.0).rem_euclid(7.0),
        }
    }

    pub(super) fn parts(&self) -> [f64; 7] {
        [
            self.year,
            self.month,
            self.date,
            self.hours,
            self.minutes,
            self.seconds,
            self.milliseconds,
        ]
    }

    fn year_text(&self) -> String {
        let sign = if self.year < 0.0 { "-" } else { "" };
        format!("{sign}{:04}", self.year.abs())
    }

    pub(super) fn iso(&self) -> String {
        let year = match self.year {
            0.0..=9999.0 => format!("{:04}", self.year),
            _ => format!("{}{:06}", if self.year < 0.0 { '-' } else { '+' }, self.year.abs()),
        };
        format!(
            "{year}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            self.month + 1.0,
            self.date,
            self.hours,
            self.minutes,
            self.seconds,
            self.milliseconds
        )
    }

    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.hours, self.minutes, self.seconds)
    }

    fn names(&self) -> (&'static str, &'static str) {
        (WEEKDAYS[self.weekday as usize], MONTHS[self.month as usize])
    }

    pub(super) fn day_text(&self) -> String {
        let (weekday, month) = self.names();
        format!("{weekday} {month} {:02} {}", self.date, self.year_text())
    }

    pub(super) fn time_text(&self) -> String {
        format!("{} GMT+0000 (Coordinated Universal Time)", self.clock())
    }

    pub(super) fn text(&self) -> String {
        format!("{} {}", self.day_text(), self.time_text())
    }

    pub(super) fn utc_text(&self) -> String {
        let (weekday, month) = self.names();
        format!("{weekday}, {:02} {month} {} {} GMT", self.date, self.year_text(), self.clock())
    }

    /// As the locale en-US writes it.
    pub(super) fn locale_day(&self) -> String {
        format!("{}/{}/{}", self.month + 1.0, self.date, self.year)
    }

    pub(super) fn locale_time(&self) -> String {
        let half = if self.hours < 12.0 { "AM" } else { "PM" };
        let hours = (self.hours + 11.0) % 12.0 + 1.0;
        format!("{hours}:{:02}:{:02} {half}", self.minutes, self.seconds)
    }
}
