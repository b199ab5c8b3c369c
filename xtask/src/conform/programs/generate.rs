//! Makes random programs. A program is a list of steps, each a statement that stands alone, so that any of them can be left
//! out and the rest still runs.

use crate::random::Random;

/// The steps of a program; the same for the same seed.
pub fn steps(seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let count = 8 + random.below(24);
    let mut maker = Maker { random, watched: 0, retained: 0 };
    let mut steps: Vec<String> = (0..count).map(|_| maker.step()).collect();
    steps.push("await collect();".to_owned());
    steps
}

/// The text of a program of these steps.
pub fn text(steps: &[String]) -> String {
    let mut text = include_str!("prelude.js").to_owned();
    text += "\nasync function main() {\n";
    // Node's first measurement has what its own beginning left.
    text += "  await retain(0, 9, (count) => Array.from({ length: count }, (_, i) => [i]));\n";
    for (number, step) in steps.iter().enumerate() {
        text += &format!("  await step({number}, async () => {{\n    {step}\n  }});\n");
    }
    text + "}\n\nmain().then(() => say('end'), (error) => say('end', error));\n"
}

/// What makes the steps of one program.
pub(super) struct Maker {
    pub(super) random: Random,
    /// How many objects are watched, and structures measured.
    pub(super) watched: usize,
    pub(super) retained: usize,
}

type Step = fn(&mut Maker) -> String;

/// The steps, with how often each is chosen.
const STEPS: &[(usize, Step)] = &[
    (6, Maker::assign),
    (4, Maker::print),
    (4, Maker::object),
    (4, Maker::array),
    (4, Maker::string),
    (3, Maker::number),
    (3, Maker::closure),
    (3, Maker::map_and_set),
    (3, Maker::weak),
    (4, Maker::watched_object),
    (4, Maker::release),
    (2, Maker::captured),
    (3, Maker::buffer),
    (2, Maker::typed_array),
    (3, Maker::stream),
    (3, Maker::generator),
    (3, Maker::class),
    (3, Maker::promise),
    (2, Maker::json),
    (3, Maker::control),
    (2, Maker::exception),
    (2, Maker::property),
    (2, Maker::regular_expression),
    (2, Maker::destructuring),
    (1, Maker::date),
    (1, Maker::symbol),
    (1, Maker::proxy),
    (3, Maker::retained),
    (3, Maker::collected),
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "memory",
    "a longer text of forty-two characters.....",
    "Grüße",
    "漢字",
    "🎉 x",
    "a,b,,c",
    "  trim me\\t",
    "12",
    "-7.5e3",
    "constructor",
    "0x1F",
    "line\\nline",
];
pub(super) const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "7",
    "42",
    "255",
    "1023",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967295",
    "9007199254740991",
    "0.1",
    "0.5",
    "-0",
    "1e21",
    "1.7976931348623157e308",
    "5e-324",
    "NaN",
    "Infinity",
    "123456.789",
];
const KEYS: &[&str] = &["a", "b", "c", "name", "next", "0", "1", "x y", "length"];
const BINARY: &[&str] = &[
    "+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", ">>>", "==", "===", "!=", "<", ">",
    "<=", ">=", "&&", "||", "??", "+", "+",
];

impl Maker {
    fn step(&mut self) -> String {
        let total: usize = STEPS.iter().map(|(weight, _)| weight).sum();
        let mut left = self.random.below(total);
        for (weight, step) in STEPS {
            if left < *weight {
                return step(self);
            }
            left -= weight;
        }
        unreachable!("the weights' sum")
    }

    pub(super) fn root(&mut self) -> String {
        format!("v[{}]", self.random.below(8))
    }

    pub(super) fn pick(&mut self, from: &[&str]) -> String {
        from[self.random.below(from.len())].to_owned()
    }

    pub(super) fn text(&mut self) -> String {
        format!("'{}'", self.pick(TEXTS))
    }

    pub(super) fn key(&mut self) -> String {
        format!("'{}'", self.pick(KEYS))
    }

    pub(super) fn small(&mut self) -> usize {
        self.random.below(9)
    }

    pub(super) fn values(&mut self, depth: usize, most: usize) -> String {
        let count = self.random.below(most + 1);
        (0..count).map(|_| self.value(depth)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn literal(&mut self) -> String {
        match self.random.below(8) {
            0..3 => self.pick(NUMBERS),
            3..6 => self.text(),
            _ => self.pick(&["true", "false", "null", "undefined"]),
        }
    }

    /// An expression. With a depth of 0 it has no parts.
    pub(super) fn value(&mut self, depth: usize) -> String {
        if depth == 0 {
            return if self.random.one_of(3) { self.root() } else { self.literal() };
        }
        let inner = depth - 1;
        match self.random.below(20) {
            0 | 1 => self.literal(),
            2 | 3 => self.root(),
            4 | 5 => {
                let (first, second, third) = (self.value(inner), self.value(inner), self.key());
                let fourth = self.value(inner);
                format!("{{ a: {first}, b: {second}, [{third}]: {fourth} }}")
            }
            6 | 7 => {
                let values = self.values(inner, 4);
                let hole = if self.random.one_of(6) { ", , 1" } else { "" };
                if values.is_empty() { "[]".to_owned() } else { format!("[{values}{hole}]") }
            }
            8 => format!(
                "new Map([[{}, {}], [{}, {}]])",
                self.value(inner),
                self.value(inner),
                self.literal(),
                self.value(inner)
            ),
            9 => format!("new Set([{}])", self.values(inner, 4)),
            10..13 => {
                let (left, operator, right) =
                    (self.value(inner), self.pick(BINARY), self.value(inner));
                let bounded = |value: String| {
                    if operator == "**" || operator == "<<" {
                        format!("Number({value})")
                    } else {
                        value
                    }
                };
                format!("(({}) {operator} ({}))", bounded(left), bounded(right))
            }
            13 => {
                let operator = self.pick(&["typeof ", "!", "-", "+", "~", "void "]);
                format!("({operator}{})", self.parenthesized(inner))
            }
            14 => {
                format!("({} ? {} : {})", self.value(inner), self.value(inner), self.value(inner))
            }
            15 => format!("`${{{}}}:${{{}}}`.slice(0, 100)", self.value(inner), self.literal()),
            16 => self.pick(&[
                "12n ** 3n",
                "-5n",
                "2n ** 70n",
                "BigInt(9)",
                "Symbol.iterator",
                "Symbol.for('s')",
            ]),
            17 => self.pick(&[
                "/ab+c/gi",
                "new Date(86400000)",
                "Buffer.from('abc')",
                "new Uint8Array([1, 2, 300])",
                "new Float64Array(2)",
            ]),
            18 => self.pick(&[
                "(x) => x",
                "function named(a, b) { return a; }",
                "class Point {}",
                "async () => 1",
                "Math.max",
                "function* () {}",
            ]),
            _ => format!("{}?.[{}]", self.root(), self.key()),
        }
    }

    pub(super) fn parenthesized(&mut self, depth: usize) -> String {
        format!("({})", self.value(depth))
    }
}
