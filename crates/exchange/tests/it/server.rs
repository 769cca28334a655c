//! A web server that does what it is told, good or bad: one request a connection.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The signature that a receiver of webhooks expects under its secret.
    pub fn webhook_signature(&self, key: &[u8]) -> String {
        let header = |name: &str| self.header(name).unwrap_or_default();
        let head = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp"));
        let tag = hmac(key, &[head.as_bytes(), &self.body].concat());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

/// HMAC-SHA-256 by its definition (RFC 2104), not by the library that signs;
/// for keys of at most one block.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::digest([&block.map(|b| b ^ 0x36)[..], message].concat());
    Sha256::digest([&block.map(|b| b ^ 0x5c)[..], &inner].concat()).to_vec()
}

/// What to send: bytes as they are, then the connection closes; or anything.
pub enum Reply {
    Bytes(Vec<u8>),
    Stream(Box<dyn FnOnce(&mut TcpStream) + Send>),
}

impl Reply {
    /// A response with its length.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        let body = body.as_ref();
        let length = body.len().to_string();
        Reply::with_length(status, headers, &length, body)
    }

    /// A response that says another length than it has.
    pub fn with_length(
        status: u16,
        headers: &[(&str, &str)],
        length: &str,
        body: impl AsRef<[u8]>,
    ) -> Reply {
        let mut bytes = head(status, headers);
        if status != 304 {
            bytes.extend(format!("content-length: {length}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body.as_ref());
        Reply::Bytes(bytes)
    }

    pub fn stream(work: impl FnOnce(&mut TcpStream) + Send + 'static) -> Reply {
        Reply::Stream(Box::new(work))
    }
}

/// Status line and headers, without the empty line that ends them.
pub fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} x\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.into_bytes()
}

pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Server {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            stop: Arc::default(),
        };
        let (seen, stop) = (server.seen.clone(), server.stop.clone());
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), seen, answer) = (stream, seen.clone(), answer.clone()) else {
                    continue;
                };
                thread::spawn(move || {
                    let _ = serve(stream, &seen, &*answer);
                });
            }
        });
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked until now.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &dyn Fn(&Request) -> Reply,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let mut request = Request {
        method: words.next().unwrap_or_default().to_owned(),
        path: words.next().unwrap_or_default().to_owned(),
        ..Request::default()
    };
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            let header = (name.to_ascii_lowercase(), value.trim().to_owned());
            request.headers.push(header);
        }
    }
    let length = request
        .header("content-length")
        .and_then(|v| v.parse().ok());
    request.body.resize(length.unwrap_or(0), 0);
    reader.read_exact(&mut request.body)?;
    seen.lock().unwrap().push(request.clone());
    match answer(&request) {
        Reply::Bytes(bytes) => stream.write_all(&bytes),
        Reply::Stream(work) => {
            work(&mut stream);
            Ok(())
        }
    }
}
