//! Rows of a legacy database: payloads of a dump, and random rows.

use deskpro_contact::dump::{Event, Reader};
use deskpro_contact::rows::{Builder, Built, Columns, Key, Plan};

use crate::Rng;
use crate::legacy_json::TYPES;

/// Builds the payloads of a dump's rows, in the order of people.
///
/// # Errors
///
/// The message about the dump or its rows.
pub fn payloads(dump: &[u8], plan: &Plan) -> Result<Vec<(Vec<u8>, Built)>, String> {
    let mut reader = Reader::new(plan.tables());
    reader.feed(dump);
    reader.end();
    let (mut columns, mut rows): (Option<Columns>, Vec<(Key, Vec<u8>)>) = (None, Vec::new());
    while let Some(event) = reader.next_event().map_err(|error| error.to_string())? {
        match event {
            Event::Insert(table) => {
                let found = plan.columns(table.name(), table.columns());
                columns = Some(found.map_err(|error| error.to_string())?);
            }
            Event::Row(row) => {
                let mut compact = Vec::new();
                let key = columns.as_ref().unwrap().read(row.values(), row.line(), &mut compact);
                if let Some(key) = key.map_err(|error| error.to_string())? {
                    rows.push((key, compact));
                }
            }
            Event::Table(_) | Event::End { .. } => {}
        }
    }
    grouped(rows, plan)
}

/// Sorts rows, and builds the payload of each person.
///
/// # Errors
///
/// The message about the rows.
pub fn grouped(mut rows: Vec<(Key, Vec<u8>)>, plan: &Plan) -> Result<Vec<(Vec<u8>, Built)>, String> {
    rows.sort_by_key(|(key, _)| *key);
    let (mut builder, mut out, mut payloads) = (Builder::new(plan), Vec::new(), Vec::new());
    for person in rows.chunk_by(|(one, _), (next, _)| one.is_together(*next)) {
        let built = builder.payload(person.iter().map(|(_, row)| row.as_slice()), &mut out);
        payloads.push((out.clone(), built.map_err(|error| error.to_string())?));
    }
    Ok(payloads)
}

/// A row of any table that is read.
#[derive(Clone, Debug)]
pub struct Row {
    /// The table.
    pub table: &'static str,
    /// The row's id.
    pub id: u64,
    /// The person's id.
    pub person: Option<u64>,
    /// The values of the other columns, by their names.
    pub values: Vec<(String, Option<String>)>,
    /// Where each value must be, apart from the empty ones.
    pub places: Vec<(Where, String)>,
}

/// Where a value of a row must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Where {
    /// In the payload, under these names.
    Payload(Vec<String>),
    /// Among the losses, under this path.
    Lost(String),
    /// In the payload or among the losses, under this name: of several rows, one gives a field its value.
    Either(String),
}

/// Random rows of some people in random order, each with an id of its own. Every value has a unique mark: `~1~`.
pub fn random_rows(rng: &mut Rng) -> Vec<Row> {
    let (people, mut marks) = (1 + rng.below(5), 0);
    let mut rows = Vec::new();
    for id in 1..=rng.below(25) as u64 {
        let person = if rng.chance(90) { Some(1 + rng.below(people) as u64) } else { None };
        let mut text = |rng: &mut Rng| match rng.below(6) {
            0 => None,
            1 => Some(String::new()),
            _ => {
                marks += 1;
                let odd = rng.pick(&["", " ", "é", "\0", "&=", "+%41", "[]", "\n", "😀", "\u{feff}"]);
                Some(format!("~{marks}~{odd}"))
            }
        };
        rows.push(match rng.below(6) {
            0 => phone(id, person, [(); 4].map(|()| text(rng))),
            1 => email(id, person, text(rng)),
            _ => contact(id, person, rng.pick(&TYPES), rng, text),
        });
    }
    rng.shuffle(&mut rows);
    rows
}

fn says(value: Option<&String>) -> Option<&String> {
    value.filter(|value| !value.is_empty())
}

fn phone(id: u64, person: Option<u64>, values: [Option<String>; 4]) -> Row {
    let names = ["number", "ext", "label", "region"];
    let key = format!("p{id}");
    let record = |below: &[&str]| {
        let names = ["contact_data", &key].into_iter().chain(below.iter().copied());
        Where::Payload(names.map(str::to_owned).collect())
    };
    let [number, extension, label, region] = values.each_ref().map(|value| says(value.as_ref()));
    let mut places = vec![(record(&["type"]), "phone".to_owned())];
    let extension = extension.map(|extension| format!(" x{extension}")).unwrap_or_default();
    let number = format!("{}{extension}", number.map_or("", |number| number));
    if !number.is_empty() {
        places.push((record(&["data", "number"]), number));
    }
    places.extend(label.map(|label| (record(&["comment"]), label.clone())));
    places.extend(region.map(|region| (Where::Lost(format!("contact_data[{key}][region]")), region.clone())));
    let values = names.map(str::to_owned).into_iter().zip(values).collect();
    Row { table: "phone_numbers", id, person, values, places }
}

fn email(id: u64, person: Option<u64>, value: Option<String>) -> Row {
    let place = says(value.as_ref()).map(|email| (Where::Either("email".to_owned()), email.clone()));
    let values = vec![("email".to_owned(), value)];
    Row { table: "people_emails", id, person, values, places: place.into_iter().collect() }
}

fn contact(
    id: u64,
    person: Option<u64>,
    (kind, fields): (&str, &[(&str, u8)]),
    rng: &mut Rng,
    mut text: impl FnMut(&mut Rng) -> Option<String>,
) -> Row {
    let is_known = kind != "pager";
    let above = ["contact_data".to_owned(), id.to_string()];
    let under = |below: &[&str]| {
        Where::Payload(above.iter().cloned().chain(below.iter().map(|name| (*name).to_owned())).collect())
    };
    let comment = text(rng);
    let mut places = vec![(under(&["type"]), kind.to_owned())];
    places.extend(says(comment.as_ref()).map(|comment| (under(&["comment"]), comment.clone())));
    let mut values =
        vec![("contact_type".to_owned(), Some(kind.to_owned())), ("comment".to_owned(), comment)];
    let mut columns: Vec<(String, u8)> = (1..=10).map(|number| (format!("field_{number}"), number)).collect();
    columns.push(("added".to_owned(), 0));
    for (column, number) in columns {
        let value = text(rng);
        if let Some(value) = says(value.as_ref()) {
            let field = fields.iter().find(|(_, own)| is_known && *own == number);
            places.push(match field {
                Some((name, _)) => (under(&["data", name]), value.clone()),
                None if is_known => (Where::Lost(format!("contact_data[{id}][{column}]")), value.clone()),
                None => (under(&["data", &column]), value.clone()),
            });
        }
        values.push((column, value));
    }
    Row { table: "people_contact_data", id, person, values, places }
}
