//! A scenario and its name.

use super::report::Report;
use node_memory::RuntimeError;

/// One scenario of the document.
pub struct Definition {
    pub name: &'static str,
    /// The document's points that it shows.
    pub points: &'static [&'static str],
    pub about: &'static str,
    pub replay: fn(full: bool) -> Result<Report, RuntimeError>,
}

impl Definition {
    /// Its name, points and what it is about.
    pub fn title(&self) -> String {
        format!("{} ({}): {}", self.name, self.points.join(", "), self.about)
    }

    /// Whether a name or point on the command line means this scenario: `d3-2`, `D3.2`, `D3`.
    pub fn is_meant(&self, name: &str) -> bool {
        let spelled = |text: &str| text.to_lowercase().replace(['.', '_'], "-");
        let name = spelled(name);
        self.name.contains(&name) || self.points.iter().any(|point| spelled(point) == name)
    }
}
