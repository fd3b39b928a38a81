//! Events that TensorBoard reads: TFRecords of protocol buffers `Event` with scalar `Summary` values.
//!
//! A record is the length of its data, the masked CRC-32C of that length, the data and the masked CRC-32C of the data
//! (TensorFlow, `tf_record`: TFRecords format details). Messages are written field by field, since there are four of them
//! with seven fields in all.

use crate::metrics::Epoch;
use std::time::{SystemTime, UNIX_EPOCH};

/// The file's name, in which TensorBoard looks for `tfevents`. It has no time, so that a run has one such file.
pub(super) const NAME: &str = "events.out.tfevents.wengert";

/// The first record, which says what the others are.
pub(super) fn head() -> Vec<u8> {
    framed(&[double(1, now()), bytes(3, b"brain.Event:2")].concat())
}

/// One event with all that is known of an epoch; its step is the epoch's number.
pub(super) fn record(epoch: &Epoch) -> Vec<u8> {
    let parts = [("train", Some(epoch.train)), ("validation", epoch.validation), ("test", epoch.test)];
    let mut values = scalar("learning_rate", epoch.learning_rate);
    for (name, metrics) in parts.into_iter().filter_map(|(name, m)| Some((name, m?))) {
        values.extend(scalar(&format!("loss/{name}"), metrics.loss));
        if let Some(accuracy) = metrics.accuracy {
            values.extend(scalar(&format!("accuracy/{name}"), accuracy));
        }
    }
    framed(&[double(1, now()), integer(2, epoch.number as u64), bytes(5, &values)].concat())
}

/// `Summary.value`: a tag and `simple_value`, a 32-bit float.
fn scalar(tag: &str, value: f64) -> Vec<u8> {
    bytes(1, &[bytes(1, tag.as_bytes()), key(2, 5), (value as f32).to_le_bytes().to_vec()].concat())
}

/// The time in seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), data, &masked(data)].concat()
}

/// A checksum that is no checksum of data that hold checksums.
fn masked(data: &[u8]) -> [u8; 4] {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// A field's number and how its value is written.
fn key(field: u64, wire: u64) -> Vec<u8> {
    varint(field << 3 | wire)
}

fn integer(field: u64, n: u64) -> Vec<u8> {
    [key(field, 0), varint(n)].concat()
}

fn double(field: u64, x: f64) -> Vec<u8> {
    [key(field, 1), x.to_le_bytes().to_vec()].concat()
}

fn bytes(field: u64, data: &[u8]) -> Vec<u8> {
    [key(field, 2), varint(data.len() as u64), data.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    /// The first bytes of every file of events that TensorFlow writes: the length 24, and its masked checksum.
    #[test]
    fn frames_have_masked_checksums() {
        assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(head()[..13], [0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22, 0x09]);
        let frame = framed(b"123456789");
        assert_eq!(frame.len(), 8 + 4 + 9 + 4);
        assert_eq!(frame[21..], masked(b"123456789"));
    }

    #[test]
    fn an_event_has_its_step_and_its_scalars() {
        let train = Metrics { loss: 0.5, accuracy: None };
        let record = record(&Epoch {
            number: 300,
            steps: 1,
            learning_rate: 0.25,
            train,
            validation: None,
            test: None,
        });
        let data = &record[12..record.len() - 4];
        assert_eq!(data[0], 0x09);
        assert_eq!(data[9..12], [0x10, 0xac, 0x02]);
        let loss = [b"\x0a\x11\x0a\x0aloss/train\x15".as_slice(), &0.5f32.to_le_bytes()].concat();
        assert!(data.ends_with(&loss));
        assert!(head().windows(13).any(|w| w == b"brain.Event:2"));
    }
}
