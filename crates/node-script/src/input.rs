//! Programs that are no files: the text of `node -e` and of the standard input, what is required before a program, and
//! programs that are only read.

use crate::compile::op::ErrorKind;
use crate::interpret::declare::Declaring;
use crate::machine::{Machine, R, roots};
use crate::parse::Goal;
use crate::program::{Finished, ScriptError};
use crate::thrown::Outcome;
use std::path::Path;

/// How a text is run that is no file's.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Input {
    /// What it is.
    pub kind: InputKind,
    /// What it gives is printed.
    pub print: bool,
}

/// What a text is that is no file's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputKind {
    /// A script; an ECMAScript module, if it can be read as that alone.
    #[default]
    Either,
    /// A script, with `require` and `module` among its global variables.
    CommonJs,
    /// An ECMAScript module.
    Module,
}

impl Machine {
    /// Runs a text that is no file's, by the name that stands for one (`[eval]`), to its end. Modules are sought from
    /// [`Options::directory`](crate::Options::directory).
    pub fn run_input(&mut self, name: &str, text: &str, input: Input) -> Finished {
        self.run_program(None, |machine| machine.begin_input(name, text, input))
    }

    /// Reads a file without running it: what it throws is its syntax error.
    ///
    /// # Errors
    /// [`ScriptError::File`] if it cannot be read.
    pub fn check_file(&mut self, path: &Path) -> Result<Finished, ScriptError> {
        match self.main_file(path)? {
            Ok((path, text)) => Ok(self.check_text(&path, &text)),
            Err(finished) => Ok(finished),
        }
    }

    /// Reads a text as that of the file with this path without running it.
    pub fn check_text(&mut self, path: &Path, text: &str) -> Finished {
        self.run_program(None, |machine| {
            let is_module = machine.is_module_file(path, false);
            machine.read_only(path, text, is_module).or_else(|thrown| {
                match machine.is_module_by_text(path, text) {
                    true => machine.read_only(path, text, true),
                    false => Err(thrown),
                }
            })
        })
    }

    fn read_only(&mut self, path: &Path, text: &str, is_module: bool) -> Outcome {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (name, goal) = match is_module {
            true => (crate::modules::file_url(path), Goal::Module),
            false => {
                let parameters = &crate::modules::PARAMETERS;
                (path.to_string_lossy().into_owned(), Goal::Body { parameters })
            }
        };
        self.scoped(|machine| {
            let function = machine.temp()?;
            machine.compile_function(function, &name, text, goal)
        })
    }

    fn begin_input(&mut self, name: &str, text: &str, input: Input) -> Outcome {
        if input.kind == InputKind::Module {
            return self.run_input_module(text, input);
        }
        self.scoped(|machine| {
            let function = machine.temps(3)?;
            let (value, console) = (function + 1, function + 2);
            let read = machine.compile_function(function, name, text, Goal::Script);
            if read.is_err()
                && input.kind == InputKind::Either
                && machine.is_module_by_text(Path::new(name), text)
            {
                (machine.syntax_error, machine.thrown_at) = (None, None);
                return machine.run_input_module(text, input);
            }
            machine.decorated(read)?;
            machine.loader_does(value, "builtins", name)?;
            machine.loader_does(value, "evaluate", name)?;
            machine.declare_variables(function, None, Declaring::Script)?;
            machine.module_stack.push(machine.options.directory.join(name).display().to_string());
            let called = machine.call_function(value, function, &[]);
            machine.module_stack.pop();
            machine.node.failure.of_script = called.is_err();
            machine.decorated(called)?;
            if input.print {
                machine.load_root(console, roots::CONSOLE);
                let log = machine.atoms.intern_str("log");
                machine.call_method(function, console, log, &[value])?;
            }
            Ok(())
        })
    }

    fn run_input_module(&mut self, text: &str, input: Input) -> Outcome {
        if input.print {
            let text = "--print cannot be used with ESM input";
            return self.throw_node_error(ErrorKind::Error, "ERR_EVAL_ESM_CANNOT_PRINT", text);
        }
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.loader_does(value, "builtins", "")
        })?;
        self.run_main_module(&self.options.directory.join("[eval1]"), text)
    }

    /// Requires the modules that come before a program.
    pub(crate) fn preload(&mut self) -> Outcome {
        for name in std::mem::take(&mut self.options.preload) {
            self.scoped(|machine| {
                let value = machine.temp()?;
                machine.loader_does(value, "preload", &name)
            })?;
        }
        Ok(())
    }

    /// Calls a function of the library's loader, which takes over.
    fn loader_does(&mut self, to: R, what: &str, name: &str) -> Outcome {
        self.node_module(to, "module")?;
        self.ask_loader(to, what, [name, ""])
    }
}
