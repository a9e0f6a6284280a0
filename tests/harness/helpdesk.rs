//! A local test server in place of the helpdesk.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A request that the server received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Request {
    /// Method and path, such as `POST /api/v2/people`.
    pub(crate) target: String,
    /// `name: value`, the name in lower case.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Value,
}

/// A local test server. Like a real helpdesk, it rejects websites without a scheme.
pub(crate) struct Helpdesk {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Helpdesk {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::default();
        let seen = Arc::clone(&requests);
        // The thread serves until the tests end.
        thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap(), &seen)));
        Self { address, requests }
    }

    /// The requests received so far, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
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
