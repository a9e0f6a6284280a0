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
//! so it fits any framework. Each thread keeps its own converter.
//!
//! ```
//! use deskpro_contact::{Converter, ErrorKind, Options, Severity, Source, Target, losses_file};
//!
//! /// The status and the JSON for the body of a request.
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
//! # Phones and labels
//!
//! The v2 document has no place for phones and labels. This program writes them to fields that its server has: a list
//! of phone numbers, and the text of a note. It handles each loss of data or returns it, and ignores none.
//!
//! ```
//! use deskpro_contact::{Code, Converted, Kind, Loss, LossValue, Severity, to_v2};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Phone {
//!     r#type: String,
//!     comment: Option<String>,
//!     data: Number,
//! }
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Number {
//!     country_calling_code: String,
//!     number: String,
//!     r#type: Option<String>,
//! }
//!
//! /// Returns the body with its phones, the text of a note, and the losses that are not handled here.
//! fn decide(person: &Converted) -> Result<(serde_json::Value, String, Vec<&Loss>), serde_json::Error> {
//!     let mut body: serde_json::Value = serde_json::from_str(person.output())?;
//!     let (mut phones, mut rest) = (Vec::new(), Vec::new());
//!     for loss in person.losses().iter().filter(|loss| loss.severity() == Severity::Data) {
//!         match (loss.code(), loss.value()) {
//!             // The value is the record as it was sent. A record without a number, with unknown fields, or with text
//!             // that is not UTF-8 is returned.
//!             (Code::Phone, Some(LossValue::Json(record))) => match serde_json::from_str::<Phone>(record) {
//!                 Ok(phone) if !phone.data.number.is_empty() => {
//!                     let digits = phone.data.country_calling_code + &phone.data.number;
//!                     let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
//!                     phones.push(serde_json::json!({
//!                         "number": format!("+{digits}"),
//!                         "label": phone.comment,
//!                         "kind": phone.data.r#type.unwrap_or(phone.r#type),
//!                     }));
//!                 }
//!                 Ok(_) | Err(_) => rest.push(loss),
//!             },
//!             // Labels are handled below, with their contacts.
//!             (Code::Comment, _) => {}
//!             _ => rest.push(loss),
//!         }
//!     }
//!     body["phone_numbers"] = phones.into();
//!     let mut note = String::new();
//!     for contact in person.contacts().iter().filter(|contact| contact.kind() != Kind::Phone) {
//!         if let Some(label) = contact.comment.as_ref().filter(|label| !label.is_empty()) {
//!             let values: Vec<&str> = contact.fields().map(|(_, value)| value.as_str()).collect();
//!             note += &format!("{label}: {}\n", values.join(", "));
//!         }
//!     }
//!     Ok((body, note, rest))
//! }
//!
//! let person = to_v2(
//!     b"contact_data[1][type]=website&contact_data[1][comment]=blog&contact_data[1][data][url]=example.com\
//!       &contact_data[2][type]=mobile&contact_data[2][comment]=work\
//!       &contact_data[2][data][country_calling_code]=44&contact_data[2][data][number]=20 7946 0000\
//!       &contact_data[3][type]=im&contact_data[3][data][service]=yim&contact_data[3][data][username]=ann",
//! )?;
//! let (body, note, rest) = decide(&person)?;
//! assert_eq!(
//!     body["phone_numbers"],
//!     serde_json::json!([{ "number": "+442079460000", "label": "work", "kind": "mobile" }]),
//! );
//! assert_eq!(note, "blog: example.com\n");
//! let rest: Vec<_> = rest.iter().map(|loss| (loss.code(), loss.text())).collect();
//! assert_eq!(rest, [(Code::Service, Some("yim".to_owned()))]); // it became `other`
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
