//! Delivering webhooks.

use crate::server::{Reply, Server};
use jiff::Timestamp;
use portcullis_exchange::{Answer, Delivery, Poster, Reach, Secret};
use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const INSIDE: Reach = Reach {
    private: true,
    http: true,
};

fn delivery<'a>(url: &'a str, secret: &'a Secret) -> Delivery<'a> {
    Delivery {
        url,
        id: "msg-1",
        body: "{\"kind\":\"lists.changed\"}",
        at: Timestamp::from_second(1_795_000_000).unwrap(),
        secret,
    }
}

#[test]
fn a_message_is_tried_again_and_a_receiver_takes_it_once() {
    let key = [5; 32];
    let secret = Secret::from_bytes(&key).unwrap();
    let (tries, taken) = (AtomicU32::new(0), Mutex::new(BTreeSet::new()));
    let server = Server::start(move |request| {
        let expected = request.webhook_signature(&key);
        assert_eq!(request.header("webhook-signature"), Some(expected.as_str()));
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            return Reply::new(500, &[], "not yet");
        }
        // What a receiver does with an id that it has: it agrees and does nothing.
        let new = taken
            .lock()
            .unwrap()
            .insert(request.header("webhook-id").unwrap().to_owned());
        Reply::new(if new { 201 } else { 200 }, &[], "")
    });
    let poster = Poster::new(INSIDE, Duration::from_secs(2));
    let url = server.url("/hook");
    let answers: Vec<Answer> = (0..3)
        .map(|_| poster.post(&delivery(&url, &secret)))
        .collect();
    assert!(matches!(answers[0], Answer::Later { .. }), "{answers:?}");
    assert_eq!(answers[1], Answer::Delivered { status: 201 });
    assert_eq!(answers[2], Answer::Delivered { status: 200 });
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(
        seen.iter()
            .all(|r| r.method == "POST" && r.header("webhook-id") == Some("msg-1"))
    );
}

#[test]
fn redirects_silence_and_floods_end_in_time_and_are_tried_later() {
    let server = Server::start(|request| match request.path.as_str() {
        "/moved" => Reply::new(307, &[("location", "/elsewhere")], ""),
        "/busy" => Reply::new(429, &[("retry-after", "90")], ""),
        "/silent" => Reply::stream(|_| thread::sleep(Duration::from_secs(3))),
        "/gone" => Reply::new(410, &[], ""),
        _ => Reply::with_length(200, &[], "99999999999", vec![b'a'; 1 << 20]),
    });
    let secret = Secret::from_bytes(&[5; 32]).unwrap();
    let poster = Poster::new(INSIDE, Duration::from_secs(1));
    let post = |path: &str| poster.post(&delivery(&server.url(path), &secret));
    let begun = Instant::now();
    for (path, word) in [("/moved", "not followed"), ("/silent", "too long")] {
        let answer = post(path);
        assert!(
            matches!(&answer, Answer::Later { why, .. } if why.contains(word)),
            "{answer:?}"
        );
    }
    let busy = post("/busy");
    let pause = Some(Duration::from_secs(90));
    assert!(
        matches!(&busy, Answer::Later { after, .. } if *after == pause),
        "{busy:?}"
    );
    assert!(matches!(post("/gone"), Answer::Never { .. }));
    assert_eq!(post("/flood"), Answer::Delivered { status: 200 });
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(server.seen().iter().all(|r| r.path != "/elsewhere"));
}

#[test]
fn an_address_inside_the_house_is_never_asked_without_leave() {
    let server = Server::start(|_| Reply::new(200, &[], ""));
    let secret = Secret::from_bytes(&[5; 32]).unwrap();
    let reach = Reach {
        private: false,
        http: true,
    };
    let poster = Poster::new(reach, Duration::from_secs(1));
    let answer = poster.post(&delivery(&server.url("/"), &secret));
    assert!(matches!(answer, Answer::Never { .. }), "{answer:?}");
    assert!(server.seen().is_empty());
}
