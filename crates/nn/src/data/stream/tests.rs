use super::*;
use crate::data::Batch;
use std::path::Path;
use tempfile::TempDir;
use wengert_expr::Value;
use wengert_interop::{CsvOptions, write_npy};

const ROWS: usize = 103;

/// Row `i` is `[i, i / 7]` of class `i % 3`.
fn rows(count: usize) -> (Value, Value) {
    let features: Vec<f64> = (0..count).flat_map(|i| [i as f64, i as f64 / 7.0]).collect();
    let classes: Vec<i64> = (0..count as i64).map(|i| i % 3).collect();
    (Value::new([count, 2], features), Value::from(classes))
}

fn write(folder: &Path, (x, y): &(Value, Value)) {
    write_npy(folder.join("x.npy"), x).unwrap();
    write_npy(folder.join("y.npy"), y).unwrap();
}

fn opened(folder: &Path, block: usize, window: usize) -> Result<Stream, NnError> {
    let file = |name: &str| RowFile::npy(folder.join(name), block).unwrap();
    let targets = TargetRows::File(file("y.npy"));
    Stream::new(file("x.npy"), targets, Loss::SoftmaxCrossEntropy, Precision::F32, window)
}

fn written(block: usize, window: usize) -> (TempDir, Stream) {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &rows(ROWS));
    let stream = opened(folder.path(), block, window).unwrap();
    (folder, stream)
}

fn dataset() -> Dataset {
    let (x, y) = rows(ROWS);
    Dataset::new(&x, &y, Loss::SoftmaxCrossEntropy, Precision::F32).unwrap()
}

/// The bits of batches: features, targets and rows.
type Bits = Vec<(Vec<f64>, Vec<f64>, Vec<usize>)>;

fn bits(reading: Reading<'_>) -> Bits {
    reading
        .map(|batch| {
            let Batch { samples, rows } = batch.unwrap();
            (samples.features().to_f64s(), samples.targets().values().to_f64s(), rows)
        })
        .collect()
}

fn order(bits: &Bits) -> Vec<usize> {
    bits.iter().flat_map(|(_, _, rows)| rows.clone()).collect()
}

#[test]
fn a_window_of_all_blocks_gives_the_order_of_memory() {
    let memory = dataset();
    for (block, window) in [(103, 1), (10, 11), (1, 103), (7, 99)] {
        let (_folder, stream) = written(block, window);
        for size in [1, 10, 103] {
            let batches = Batches::new(ROWS, size, 5);
            for epoch in 1..4 {
                assert_eq!(bits(stream.epoch(&batches, epoch, 0)), bits(memory.epoch(&batches, epoch, 0)));
            }
            assert_eq!(bits(stream.chunks(size)), bits(memory.chunks(size)), "{block} {size}");
        }
    }
}

#[test]
fn every_sample_comes_once_and_an_epoch_is_entered_anywhere() {
    for (block, window) in [(1, 1), (4, 3), (8, 2), (50, 1)] {
        let (_folder, stream) = written(block, window);
        for size in [1, 6, 32, 200] {
            let batches = Batches::new(ROWS, size, 9);
            let all = bits(stream.epoch(&batches, 2, 0));
            assert_eq!(all.len(), batches.count());
            let mut rows = order(&all);
            assert_ne!(rows, (0..ROWS).collect::<Vec<_>>());
            for skip in 0..=all.len() {
                assert_eq!(
                    bits(stream.epoch(&batches, 2, skip)),
                    all[skip..],
                    "{block} {window} {size} {skip}"
                );
            }
            assert_ne!(order(&bits(stream.epoch(&batches, 3, 0))), rows);
            for (features, targets, rows) in &all {
                let expected = dataset().rows(rows);
                assert_eq!(*features, expected.features().to_f64s());
                assert_eq!(*targets, expected.targets().values().to_f64s());
            }
            rows.sort_unstable();
            assert_eq!(rows, (0..ROWS).collect::<Vec<_>>());
        }
    }
}

#[test]
fn parts_have_every_sample_once_between_them() {
    let (_folder, stream) = written(8, 3);
    let (rest, test) = stream.split_shuffled(0.3, 4).unwrap();
    let (train, validation) = rest.split_ordered(0.25).unwrap();
    let mut rows = Vec::new();
    for part in [&train, &validation, &test] {
        let own = order(&bits(part.chunks(10)));
        assert_eq!(own.len(), part.count());
        let mut drawn = order(&bits(part.epoch(&Batches::new(part.count(), 7, 1), 1, 0)));
        drawn.sort_unstable();
        assert_eq!(drawn, own);
        rows.extend(own);
    }
    rows.sort_unstable();
    assert_eq!(rows, (0..ROWS).collect::<Vec<_>>());
    let prints = [&stream, &rest, &test, &train, &validation, &stream.scaled(2.0)];
    let mut prints: Vec<u32> = prints.iter().map(|part| part.fingerprint().unwrap()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 6);
}

#[test]
fn features_are_taken_in_any_order() {
    let (_folder, stream) = written(8, 3);
    let (swapped, expected) = (stream.with_columns(&[1, 0, 1]), dataset().with_columns(&[1, 0, 1]));
    assert_eq!((swapped.width(), bits(swapped.chunks(20))), (3, bits(expected.chunks(20))));
    assert_eq!(bits(swapped.with_columns(&[1]).chunks(9)), bits(dataset().with_columns(&[0]).chunks(9)));
}

#[test]
fn features_are_scaled_as_in_memory() {
    let (_folder, stream) = written(8, 3);
    let (memory, stream) = (dataset().scaled(0.5), stream.scaled(0.5));
    let (own, expected) = (Standardize::fit(&stream).unwrap(), Standardize::fit(&memory).unwrap());
    assert_eq!(own, expected);
    assert_eq!(bits(stream.standardized(&own).chunks(20)), bits(expected.apply(&memory).chunks(20)));
}

#[test]
fn a_column_of_a_table_is_the_target() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.csv");
    let text: String = (0..ROWS).map(|i| format!("{i},{},{}\n", i % 3, i as f64 / 7.0)).collect();
    std::fs::write(&path, format!("a,kind,b\n{text}")).unwrap();
    let file = RowFile::csv(&path, &CsvOptions::default(), 9).unwrap();
    let (loss, target) = (Loss::SoftmaxCrossEntropy, TargetRows::Column(1));
    let stream = Stream::new(file.clone(), target, loss, Precision::F32, 2).unwrap();
    assert_eq!((stream.count(), stream.width()), (ROWS, 2));
    assert_eq!(stream.target_spec(), dataset().targets().spec());
    assert_eq!(bits(stream.chunks(11)), bits(dataset().chunks(11)));
    let beyond = Stream::new(file, TargetRows::Column(3), loss, Precision::F32, 2).unwrap_err();
    assert_eq!(beyond.to_string(), "the data have 3 columns; there is no column 3");
}

#[test]
fn faults_say_where_in_the_file_they_are() {
    let folder = TempDir::new().unwrap();
    let message = |count: usize, spoil: &dyn Fn(&mut Vec<f64>, &mut Vec<f64>)| {
        let (x, y) = rows(count);
        let (mut x, mut y) = (x.to_f64s(), y.to_f64s());
        spoil(&mut x, &mut y);
        write(folder.path(), &(Value::new([x.len() / 2, 2], x), Value::from(y)));
        opened(folder.path(), 10, 2).unwrap_err().to_string()
    };
    let nan = message(ROWS, &|x, _| x[2 * 57 + 1] = f64::NAN);
    assert_eq!(nan, "features hold NaN at row 57, column 1 (counted from 0)");
    let class = message(ROWS, &|_, y| y[101] = 0.5);
    assert!(class.starts_with("target 0.5 of sample 101 (counted from 0) is no class"), "{class}");
    assert_eq!(message(30, &|_, y| y.truncate(29)), "30 samples need as many targets, found 29");
    assert_eq!(message(0, &|_, _| ()), "features of f64[0, 2] hold no data");
    write(folder.path(), &rows(ROWS));
    let file = |name: &str, block| RowFile::npy(folder.path().join(name), block).unwrap();
    let targets = TargetRows::File(file("y.npy", 4));
    let blocks = Stream::new(file("x.npy", 5), targets, Loss::SoftmaxCrossEntropy, Precision::F32, 1);
    assert!(
        blocks
            .unwrap_err()
            .to_string()
            .starts_with("features come in blocks of 5 rows and targets in blocks of 4")
    );
}

#[test]
fn files_that_change_while_they_are_read_are_an_error() {
    let (folder, stream) = written(10, 2);
    let failure = || {
        let batches = Batches::new(ROWS, 8, 1);
        let mut reading = stream.epoch(&batches, 1, 0);
        let error = reading.find_map(Result::err).unwrap();
        assert!(reading.next().is_none());
        error
    };
    let (x, y) = rows(ROWS);
    write(
        folder.path(),
        &(x.clone(), Value::from(y.to_f64s().iter().map(|&c| c as i64 + 1).collect::<Vec<_>>())),
    );
    let more = failure().to_string();
    assert!(more.starts_with("the data need a model of 4 outputs, this one has 3"), "{more}");
    write(folder.path(), &rows(50));
    assert!(matches!(failure(), NnError::File(_)));
    std::fs::remove_file(folder.path().join("x.npy")).unwrap();
    assert!(matches!(failure(), NnError::File(_)));
}
