//! Runs the guide's commands as written against a local test server in place of the helpdesk.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::transcripts::run_transcripts;

/// The address of the helpdesk in the guide and the v2 document.
const HELPDESK: &str = "https://my-helpdesk.deskpro.com";

/// A request that the server received.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Request {
    /// Method and path, such as `POST /api/v2/people`.
    target: String,
    /// `name: value`, the name in lower case.
    headers: Vec<String>,
    body: Value,
}

/// A local test server. Like a real helpdesk, it rejects websites without a scheme.
struct Helpdesk {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Helpdesk {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::default();
        let seen = Arc::clone(&requests);
        // The thread serves until the tests end.
        thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap(), &seen)));
        Self { address, requests }
    }

    /// The requests received so far, in order.
    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads one request and answers it.
fn answer(stream: TcpStream, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let first = line();
    let target = first.trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = Vec::new();
    loop {
        let header = line();
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.push(format!("{}: {value}", name.to_ascii_lowercase()));
    }
    let length = headers.iter().find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let websites = body["contact_data"]["website"].as_array();
    let is_accepted =
        websites.into_iter().flatten().all(|site| site["url"].as_str().unwrap().contains("://"));
    let mut seen = seen.lock().unwrap();
    seen.push(Request { target, headers, body });
    let (status, reply) = match is_accepted {
        true => ("201 Created", json!({"data": {"id": seen.len()}})),
        false => ("400 Bad Request", json!({"status": 400, "message": "website_0: this is no URL"})),
    };
    let reply = reply.to_string();
    let length = reply.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    reader.get_mut().write_all((head + &reply).as_bytes()).unwrap();
}

/// Whether `curl` is installed and has the options that the guide uses.
fn has_curl() -> bool {
    let help = Command::new("curl").args(["--fail-with-body", "--version"]).stderr(Stdio::null()).output();
    help.is_ok_and(|help| help.status.success())
}

#[test]
fn the_transcripts_of_the_guide_run_as_written() {
    if !has_curl() {
        return println!("skipped: curl 7.76 or later is not installed");
    }
    let dir = tempfile::tempdir().unwrap();
    let helpdesk = Helpdesk::open();
    // A fixture stands for the dump. `tests/dump` runs the real program.
    let dump = testkit::repository().join("fixtures/rows/guide-from-a-database/dump.sql");
    let typed = |command: &str| match command.strip_prefix("mariadb-dump ") {
        Some(_) => format!("cp '{}' helpdesk.sql", dump.display()),
        None => command.replace(HELPDESK, &helpdesk.address),
    };
    run_transcripts("GUIDE.md", dir.path(), |command| Some(typed(command)));
    let site = |url: &str| json!({"website": [{"url": url}]});
    let person = |name: &str, contact_data: Value| {
        let email = format!("{}@example.com", name.to_lowercase());
        json!({"name": name, "primary_email": email, "contact_data": contact_data})
    };
    let skype = json!({"instant_message": [{"service": "skype", "username": "bob"}]});
    let sites = json!({"website": [{"url": "http://example.com"}, {"url": "http://blog.example.com"}]});
    let (post, put) = ("POST /api/v2/people", "PUT /api/v2/people");
    let expected = [
        (post.to_owned(), person("Ann", site("http://example.com"))),
        (post.to_owned(), person("Bob", skype.clone())),
        (post.to_owned(), person("Dan", site("example.net"))),
        (post.to_owned(), person("Cem", site("http://example.org"))),
        (post.to_owned(), person("Dan", site("https://example.net"))),
        // One request per person, with the complete list of a type.
        (format!("{put}/7"), json!({"contact_data": sites})),
        (format!("{put}/8"), json!({"contact_data": skype})),
    ];
    let requests = helpdesk.requests();
    let received: Vec<(String, Value)> =
        requests.iter().map(|request| (request.target.clone(), request.body.clone())).collect();
    assert_eq!(received, expected);
    for request in requests {
        for header in ["authorization: key your_api_key", "content-type: application/json"] {
            let count = request.headers.iter().filter(|own| *own == header).count();
            assert_eq!(count, 1, "{header}\n{request:?}");
        }
    }
}
