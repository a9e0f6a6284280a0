//! The parts of the C interface and of the Python package that do not depend on a language.
//!
//! | module | contents |
//! |---|---|
//! | `settings` | options by name |
//! | `engine` | converts and restores payloads as the options say |
//! | `failure` | errors: those of the library, wrong calls, and bugs |

mod engine;
mod failure;
mod settings;

pub use self::engine::Engine;
pub use self::failure::{Failure, FailureKind};
pub use self::settings::{Settings, ValueType};
