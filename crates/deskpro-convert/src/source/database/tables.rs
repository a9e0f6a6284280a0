//! Decides which tables of a dump are read: those of one database.

use deskpro_contact::dump::Table;
use deskpro_contact::rows::{Columns, Plan};

/// The tables that a plan needs, and where they are in the dump.
pub(super) struct Tables<'p> {
    plan: &'p Plan,
    /// The database that is read. `None` if the dump decides.
    wanted: Option<&'p str>,
    /// Whether each table of the plan must be in the dump.
    is_needed: Vec<bool>,
    /// For each table of the plan, where the dump has it first.
    seen: Vec<Option<Seen>>,
    /// The first table of a database that is not read.
    other: Option<Seen>,
    /// The columns of the rows that follow, with their names. `None` if these rows are not read.
    current: Option<(String, Vec<String>, Columns)>,
}

/// A table in a statement of the dump.
#[derive(Clone, Debug)]
struct Seen {
    database: Option<String>,
    table: String,
    line: u64,
}

impl Seen {
    fn new(table: Table<'_>) -> Self {
        let database = table.database().map(str::to_owned);
        Self { database, table: table.name().to_owned(), line: table.line() }
    }

    /// `people of the database helpdesk on line 17`
    fn phrase(&self) -> String {
        let Self { database, table, line } = self;
        match database {
            Some(database) => format!("{table} of the database {database} on line {line}"),
            None => format!("{table} without a database on line {line}"),
        }
    }
}

impl<'p> Tables<'p> {
    /// The tables of a plan, of the database `wanted`. `named` are the tables that options name.
    pub(super) fn new<'n>(
        plan: &'p Plan,
        wanted: Option<&'p str>,
        named: impl Iterator<Item = &'n str> + Clone,
    ) -> Self {
        let is_named = |table: &str| named.clone().any(|name| name.eq_ignore_ascii_case(table));
        let mut is_needed: Vec<bool> = plan.tables().map(is_named).collect();
        // The last two are the tables of contact data and of phones. Servers before 2015 have no table of phones.
        let contacts = is_needed.len() - 2;
        is_needed[contacts] = true;
        let seen = vec![None; is_needed.len()];
        Self { plan, wanted, is_needed, seen, other: None, current: None }
    }

    /// Notes a table. Returns whether its rows are read.
    ///
    /// # Errors
    ///
    /// The tables are in several databases: a sentence with the lines.
    pub(super) fn note(&mut self, table: Table<'_>) -> Result<bool, String> {
        // A table without a database may be of any: most dumps of a single database do not name it.
        if let (Some(wanted), Some(found)) = (self.wanted, table.database())
            && wanted != found
        {
            self.other.get_or_insert_with(|| Seen::new(table));
            return Ok(false);
        }
        let first = self.seen.iter().flatten().min_by_key(|seen| seen.line);
        if let Some(first) = first
            && first.database.as_deref() != table.database()
        {
            return Err(format!(
                "line {}: expected tables of one database, found {} and {}: choose one with --database",
                table.line(),
                first.phrase(),
                Seen::new(table).phrase()
            ));
        }
        let position = self.plan.tables().position(|name| name.eq_ignore_ascii_case(table.name()));
        let seen = &mut self.seen[position.expect("the reader gives the tables of the plan")];
        seen.get_or_insert_with(|| Seen::new(table));
        Ok(true)
    }

    /// Begins the rows of a statement.
    ///
    /// # Errors
    ///
    /// A sentence with the line.
    pub(super) fn open(&mut self, table: Table<'_>) -> Result<(), String> {
        if !self.note(table)? {
            self.current = None;
            return Ok(());
        }
        // A dump may have a statement for each row.
        let is_current = self
            .current
            .as_ref()
            .is_some_and(|(name, columns, _)| name == table.name() && columns == table.columns());
        if !is_current {
            let columns = self.plan.columns(table.name(), table.columns());
            let columns = columns.map_err(|error| {
                format!("line {}, {error}{}", table.line(), super::see(error.kind().name()))
            })?;
            self.current = Some((table.name().to_owned(), table.columns().to_vec(), columns));
        }
        Ok(())
    }

    /// The columns of the next row. `None` if it is not read.
    pub(super) fn columns(&self) -> Option<&Columns> {
        self.current.as_ref().map(|(_, _, columns)| columns)
    }

    /// Checks at the end of the dump that it had the tables.
    ///
    /// # Errors
    ///
    /// A sentence: a table is missing that holds contact data or that an option names.
    pub(super) fn check_seen(&self) -> Result<(), String> {
        let missing = |(position, name): (usize, &'p str)| {
            (self.seen[position].is_none() && self.is_needed[position]).then_some(name)
        };
        let Some(missing) = self.plan.tables().enumerate().find_map(missing) else { return Ok(()) };
        let found: Vec<&str> = self.seen.iter().flatten().map(|seen| seen.table.as_str()).collect();
        let found = match (&self.other, found.as_slice()) {
            (Some(other), _) => other.phrase(),
            (None, []) => "none of the tables that are read".to_owned(),
            (None, found) => format!("only these that are read: {}", found.join(", ")),
        };
        let of = self.wanted.map(|database| format!(" of the database {database}")).unwrap_or_default();
        Err(format!("expected the table {missing}{of} in the dump, found {found}"))
    }

    /// Clauses about other tables that are missing.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        let phones = self.seen.len() - 1;
        self.plan.tables().enumerate().filter(|(position, _)| {
            self.seen[*position].is_none() && !self.is_needed[*position]
        }).map(move |(position, name)| match position == phones {
            true => format!("has no table {name}: phones that the server stores there are missing"),
            false => format!(
                "has no table {name}, which names the primary email address of each person: the address with the \
                 lowest id is taken"
            ),
        })
    }
}
