//! The ways that FUSE programs, their surroundings and their users have.

use super::{End, Expected, LAUNCHER};

/// What happens to a process while it runs.
#[derive(Clone, Copy)]
pub enum Disturbance {
    None,
    /// Signals, once it has logged `ready`; then its input ends.
    Signals(&'static [&'static str]),
    /// Nobody reads its output any more, and it is told so on its input.
    ReaderGone,
    /// Signals to a service whose only handler has logged `ready`.
    ServiceSignals(&'static [&'static str]),
}

#[derive(Clone, Copy)]
pub struct Way {
    pub name: &'static str,
    pub program: &'static str,
    /// Shell commands before the program: for executables, and for the launcher, which needs more memory than they do.
    setup: [&'static str; 2],
    pub arguments: &'static str,
    pub redirection: &'static str,
    pub disturbance: Disturbance,
    executable: Expected,
    /// None where the launcher promises nothing.
    launcher: Option<Expected>,
}

impl Way {
    pub fn setup(&self, start: &str) -> &'static str {
        self.setup[usize::from(start == LAUNCHER)]
    }

    pub fn expected(&self, start: &str) -> Option<Expected> {
        if start == LAUNCHER {
            self.launcher
        } else {
            Some(self.executable)
        }
    }
}

const fn expected(end: End, class: &'static str, message: &'static str) -> Expected {
    Expected {
        end,
        class,
        message,
        stdout: "out\n",
        may_lose_output: false,
    }
}

const fn silent(expected: Expected) -> Expected {
    Expected {
        stdout: "",
        ..expected
    }
}

/// A program that ends by itself.
const fn way(name: &'static str, program: &'static str, end: Expected) -> Way {
    Way {
        name,
        program,
        setup: ["", ""],
        arguments: "",
        redirection: "",
        disturbance: Disturbance::None,
        executable: end,
        launcher: Some(end),
    }
}

/// A fault with its message.
const fn fault(name: &'static str, program: &'static str, message: &'static str) -> Way {
    way(
        name,
        program,
        expected(End::Exit(1), "runtime_fatal", message),
    )
}

/// A signal that finds the program waiting. What is the machine's own is reported, and by the launcher, which is a compiler, left to the
/// system.
const fn signal(
    name: &'static str,
    signals: &'static [&'static str],
    number: i32,
    message: &'static str,
) -> Way {
    let by_system = Expected {
        may_lose_output: true,
        ..expected(End::Signal(number), "", "")
    };
    Way {
        disturbance: Disturbance::Signals(signals),
        executable: if message.is_empty() {
            by_system
        } else {
            expected(End::Exit(101), "internal_error", message)
        },
        // Rust's standard library takes the first of these two for an accident of its own and lets it pass.
        launcher: if number == 11 || number == 7 {
            None
        } else {
            Some(by_system)
        },
        ..way(name, WAITING, by_system)
    }
}

const SUCCESS: Expected = expected(End::Exit(0), "", "");

const HELLO: &str = "app \"a\":\n  print(\"out\")\n";
const WAITING: &str =
    "app \"a\":\n  print(\"out\")\n  log(\"ready\")\n  print(read_line() ?? \"\")\n";
const DEEP: &str = "fn deep(n: Int) -> Int:\n  return 1 + deep(n + 1)\n\napp \"a\":\n  print(\"out\")\n  print(deep(0))\n";
const DEEP_IN_SQLITE: &str = "requires db\n\nfn deep(n: Int) -> Int:\n  if n % 1000 == 0:\n    db.exec(\"create table if not exists t (n int)\")\n  return 1 + deep(n + 1)\n\napp \"a\":\n  print(\"out\")\n  print(deep(0))\n";
const DEEP_IN_A_TASK: &str = "fn deep(n: Int) -> Int:\n  return 1 + deep(n + 1)\n\napp \"a\":\n  print(\"out\")\n  let t = spawn:\n    deep(0)\n  print(await t)\n";
const APPENDING: &str =
    "app \"a\":\n  print(\"out\")\n  var xs = [0]\n  while true:\n    xs = xs.append(xs.len())\n";
const MUTUAL: &str = "fn even(n: Int) -> Bool:\n  return !odd(n + 1)\n\nfn odd(n: Int) -> Bool:\n  return !even(n + 1)\n\napp \"a\":\n  print(\"out\")\n  print(even(0))\n";
const BRIEF_SERVICE: &str = "requires network\nrequires time\n\nservice S at \"/\":\n  get \"/wait\" -> String:\n    log(\"ready\")\n    time.sleep(200)\n    return \"ok\"\n\napp \"s\":\n  serve(0)\n";
const LONG_SERVICE: &str = "requires network\nrequires time\n\nservice S at \"/\":\n  get \"/wait\" -> String:\n    log(\"ready\")\n    time.sleep(30000)\n    return \"ok\"\n\napp \"s\":\n  serve(0)\n";

pub const ALL: &[Way] = &[
    way("success", HELLO, SUCCESS),
    fault(
        "fault: index out of bounds",
        "app \"a\":\n  print(\"out\")\n  let xs = [1]\n  print(xs[xs.len()])\n",
        "index out of bounds",
    ),
    fault(
        "fault: integer overflow",
        "app \"a\":\n  print(\"out\")\n  var n = 9223372036854775807\n  for i in 1..2:\n    n = n + i\n  print(n)\n",
        "integer overflow",
    ),
    fault(
        "fault: division by zero",
        "app \"a\":\n  print(\"out\")\n  print(1 / \"\".len())\n",
        "division by zero",
    ),
    fault(
        "fault: assert with line ends",
        "app \"a\":\n  print(\"out\")\n  assert(1 > 2, \"one\\ntwo\\rthree\")\n",
        "assert failed: one\\ntwo\\rthree",
    ),
    fault(
        "fault: a refinement that does not hold",
        "type T:\n  n: Int(1..10)\n\nfn make(n: Int) -> T:\n  return T(n = n)\n\napp \"a\":\n  print(\"out\")\n  print(make(11).n)\n",
        "{\"error\":{\"code\":\"validation_error\"",
    ),
    fault(
        "fault in an awaited task",
        "fn third(xs: List<Int>) -> Int:\n  return xs[2]\n\napp \"a\":\n  print(\"out\")\n  let t = spawn:\n    third([1])\n  print(await t)\n",
        "index out of bounds",
    ),
    fault("stack overflow", DEEP, "stack overflow"),
    fault("stack overflow: two functions", MUTUAL, "stack overflow"),
    fault("stack overflow in a task", DEEP_IN_A_TASK, "stack overflow"),
    fault(
        "stack overflow among calls of SQLite",
        DEEP_IN_SQLITE,
        "stack overflow",
    ),
    Way {
        setup: ["ulimit -v 60000;", "ulimit -v 3000000;"],
        ..fault(
            "stack overflow with little address space",
            DEEP,
            "stack overflow",
        )
    },
    Way {
        setup: ["ulimit -v 60000;", "ulimit -v 3000000;"],
        ..fault(
            "out of memory: address space, a list",
            APPENDING,
            "out of memory",
        )
    },
    Way {
        setup: ["ulimit -d 60000;", "ulimit -d 3000000;"],
        ..fault(
            "out of memory: data segment, a list",
            APPENDING,
            "out of memory",
        )
    },
    Way {
        setup: ["ulimit -v 60000;", "ulimit -v 3000000;"],
        redirection: "</dev/zero",
        // A compiler without memory aborts.
        launcher: None,
        ..fault(
            "out of memory inside of the runtime",
            "app \"a\":\n  print(\"out\")\n  print(input().len())\n",
            "out of memory",
        )
    },
    fault(
        "out of memory: more than a text can hold",
        "app \"a\":\n  print(\"out\")\n  print(\"0123456789\".repeat(1000000000000).len())\n",
        "out of memory",
    ),
    Way {
        redirection: ">&-",
        // Rust's standard library opens the null device in its place.
        launcher: Some(silent(SUCCESS)),
        ..way(
            "standard output closed",
            HELLO,
            silent(expected(
                End::Exit(1),
                "runtime_fatal",
                "cannot write standard output",
            )),
        )
    },
    Way {
        redirection: ">/dev/full",
        ..way(
            "standard output full",
            HELLO,
            silent(expected(
                End::Exit(1),
                "runtime_fatal",
                "cannot write standard output",
            )),
        )
    },
    Way {
        redirection: "2>&-",
        ..way("standard error closed", HELLO, SUCCESS)
    },
    Way {
        redirection: "2>/dev/full",
        ..way(
            "standard error full",
            "app \"a\":\n  print(\"out\")\n  log(\"x\")\n",
            SUCCESS,
        )
    },
    Way {
        disturbance: Disturbance::ReaderGone,
        ..way(
            "the reader of standard output gone (EPIPE)",
            "app \"a\":\n  print(\"first\")\n  log(\"ready\")\n  let line = read_line()\n  while true:\n    print(line)\n",
            silent(SUCCESS),
        )
    },
    Way {
        disturbance: Disturbance::Signals(&["PIPE"]),
        ..way(
            "SIGPIPE",
            WAITING,
            Expected {
                stdout: "out\n\n",
                ..SUCCESS
            },
        )
    },
    signal("SIGTERM", &["TERM"], 15, ""),
    signal("SIGINT", &["INT"], 2, ""),
    signal("SIGHUP", &["HUP"], 1, ""),
    signal("SIGQUIT", &["QUIT"], 3, ""),
    signal("SIGKILL", &["KILL"], 9, ""),
    signal("SIGUSR1", &["USR1"], 10, ""),
    signal("SIGSEGV", &["SEGV"], 11, "signal SIGSEGV"),
    signal("SIGBUS", &["BUS"], 7, "signal SIGBUS"),
    signal("SIGILL", &["ILL"], 4, "signal SIGILL"),
    signal("SIGFPE", &["FPE"], 8, "signal SIGFPE"),
    signal("SIGTRAP", &["TRAP"], 5, "signal SIGTRAP"),
    signal("SIGSYS", &["SYS"], 31, "signal SIGSYS"),
    signal("SIGABRT", &["ABRT"], 6, "signal SIGABRT"),
    Way {
        disturbance: Disturbance::ServiceSignals(&["TERM"]),
        ..way("a service: SIGTERM", BRIEF_SERVICE, silent(SUCCESS))
    },
    Way {
        disturbance: Disturbance::ServiceSignals(&["INT"]),
        ..way("a service: SIGINT", BRIEF_SERVICE, silent(SUCCESS))
    },
    Way {
        disturbance: Disturbance::ServiceSignals(&["TERM", "TERM"]),
        ..way(
            "a service: SIGTERM twice",
            LONG_SERVICE,
            silent(expected(End::Exit(143), "", "")),
        )
    },
    Way {
        disturbance: Disturbance::ServiceSignals(&["SEGV"]),
        launcher: None,
        ..way(
            "a service: SIGSEGV",
            LONG_SERVICE,
            silent(expected(End::Exit(101), "internal_error", "signal SIGSEGV")),
        )
    },
    Way {
        arguments: "--m 1",
        ..way(
            "flags that do not bind",
            "fn main(n: Int):\n  print(n)\n",
            silent(expected(End::Exit(2), "", "")),
        )
    },
    Way {
        arguments: "--n 0",
        // Shown as the report of an error, like those of flags.
        launcher: Some(expected(End::Exit(1), "", "")),
        ..fault(
            "a failing main",
            "fn main(n: Int):\n  print(\"out\")\n  print(1 / n)\n",
            "division by zero",
        )
    },
];
