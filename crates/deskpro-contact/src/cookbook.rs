//! Complete programs that use the library, to start from. Each runs as a test.
//!
//! # A migration script
//!
//! Each payload becomes a body and its losses, which are stored together and are both needed to restore the payload. A
//! second converter checks each result, so that no body is sent that cannot be restored.
//!
//! ```
//! use deskpro_contact::{Converter, Error, Options, Source, Target};
//!
//! /// A row of the database to which the script writes.
//! enum Row {
//!     Person { body: Vec<u8>, losses: Vec<u8> },
//!     Rejected { payload: Vec<u8>, why: Error },
//! }
//!
//! fn migrate(payloads: &[&[u8]]) -> Vec<Row> {
//!     // Strict: a person with a rejected record is not sent before the record is corrected.
//!     let mut converter = Converter::new(Options::new(Source::Form, Target::V2).strict(true));
//!     let mut restorer = Converter::new(Options::new(Source::V2, Target::Form));
//!     let mut rows = Vec::new();
//!     for &payload in payloads {
//!         match converter.convert(payload) {
//!             Ok(conversion) => {
//!                 assert!(restorer.can_restore(&conversion), "please report this payload");
//!                 let (body, mut losses) = (conversion.output().to_vec(), Vec::new());
//!                 conversion.write_losses_json(&mut losses);
//!                 rows.push(Row::Person { body, losses });
//!             }
//!             Err(why) => rows.push(Row::Rejected { payload: payload.to_vec(), why }),
//!         }
//!     }
//!     rows
//! }
//!
//! let payloads = [
//!     &b"name=Ann&contact_data[1][type]=skype&contact_data[1][data][username]=ann"[..],
//!     b"name=Cem&contact_data[1][type]=websight&contact_data[1][data][url]=example.com",
//! ];
//! let rows = migrate(&payloads);
//! let [Row::Person { body, losses }, Row::Rejected { payload, why }] = &rows[..] else { panic!() };
//! assert_eq!(why.path(), "contact_data[1][type]"); // a person must correct this payload
//! assert_eq!(payload, payloads[1]);
//! // Later, another program can restore the payload.
//! let restored = deskpro_contact::restore_form(body, losses)?;
//! assert_eq!(
//!     restored.output(),
//!     "name=Ann&contact_data%5B1%5D%5Btype%5D=skype&contact_data%5B1%5D%5Bdata%5D%5Busername%5D=ann",
//! );
//! # Ok::<(), Error>(())
//! ```
//!
//! # A web handler
//!
//! Old clients still send forms, but the server behind the handler expects JSON. The handler takes and returns bytes,
//! so any framework can call it. Each thread has its own converter.
//!
//! ```
//! use deskpro_contact::{Converter, ErrorKind, Options, Severity, Source, Target, losses_file};
//!
//! /// Returns the HTTP status and the JSON of the reply to a request with this form.
//! fn handle(converter: &mut Converter, form: &[u8]) -> (u16, Vec<u8>) {
//!     match converter.convert(form) {
//!         Ok(conversion) => {
//!             for loss in conversion.losses().filter(|loss| loss.severity() == Severity::Data) {
//!                 // Logs paths and codes, but not values, which are personal data.
//!                 eprintln!("{}: {}", loss.path(), loss.code().name());
//!             }
//!             (200, conversion.output().to_vec())
//!         }
//!         Err(why) => {
//!             let mut reply = Vec::new();
//!             losses_file::write_error_line(&why, None, &mut reply);
//!             (if why.kind() == ErrorKind::TooLong { 413 } else { 422 }, reply)
//!         }
//!     }
//! }
//!
//! let mut converter = Converter::new(Options::new(Source::Form, Target::V2).strict(true).max_payload(64 << 10));
//! let (status, body) = handle(&mut converter, b"type=website&comment=home&data%5Burl%5D=example.com");
//! assert_eq!(status, 200);
//! assert_eq!(body, br#"{"contact_data":{"website":[{"url":"example.com"}]}}"#);
//! let (status, body) = handle(&mut converter, b"contact_data=x");
//! assert_eq!(status, 422);
//! let reply = r#"{"error":{"code":"contact-data-not-array","path":"contact_data","message":"expected an array of records, found \"x\""}}"#;
//! assert_eq!(body, reply.as_bytes());
//! assert_eq!(handle(&mut converter, &b"a=1&".repeat(20_000)).0, 413);
//! ```
//!
//! To read a form into a struct of your own, see [`legacy::ContactData`](crate::legacy::ContactData). Its page lists
//! the forms that `serde_qs` reads differently from PHP.
//!
//! # Phones and comments
//!
//! The v2 document has no place for phones and comments, but v2 servers were seen to take both:
//! [`Profile::Extended`](crate::Profile::Extended) writes them. It writes a phone only if there is no doubt which
//! number is meant. This program puts the other phones, each with the reason, into a text for the person's page. It
//! returns all other losses that are data.
//!
//! ```
//! use deskpro_contact::{Code, Conversion, Converter, Loss, Options, Profile, Severity, Source, Target};
//!
//! /// Returns the text for the person's page, and the losses that are not handled here.
//! fn decide(person: &Conversion<'_>) -> (String, Vec<Loss>) {
//!     let (mut note, mut rest) = (String::new(), Vec::new());
//!     for loss in person.losses().filter(|loss| loss.severity() == Severity::Data) {
//!         match (loss.code(), loss.reason(), loss.shown()) {
//!             (Code::Phone, Some(reason), Some(record)) => {
//!                 note += &format!("Please check this phone, because {}: {record}\n", reason.words());
//!             }
//!             _ => rest.push(loss),
//!         }
//!     }
//!     (note, rest)
//! }
//!
//! let options = Options::new(Source::Form, Target::V2).profile(Profile::Extended);
//! let mut converter = Converter::new(options);
//! let person = converter.convert(
//!     "contact_data[1][type]=website&contact_data[1][comment]=blog&contact_data[1][data][url]=example.com\
//!      &contact_data[2][type]=mobile&contact_data[2][comment]=work\
//!      &contact_data[2][data][country_calling_code]=44&contact_data[2][data][number]=7400 123456\
//!      &contact_data[3][type]=phone&contact_data[3][data][number]=7",
//! )?;
//! let output = r#"{"phone_numbers":[{"number":"+447400123456","label":"work"}],"contact_data":{"website":[{"comment":"blog","url":"example.com"}]}}"#;
//! assert_eq!(std::str::from_utf8(person.output())?, output);
//! let (note, rest) = decide(&person);
//! assert!(note.starts_with("Please check this phone, because it has no calling code"));
//! let rest: Vec<_> = rest.iter().map(|loss| (loss.code(), loss.text())).collect();
//! assert_eq!(rest, [(Code::PhoneType, Some("mobile".to_owned()))]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
