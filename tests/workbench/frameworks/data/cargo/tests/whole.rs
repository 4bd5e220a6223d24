#[test]
fn shares() {
    assert_eq!(tally::share(10, 5), 2);
}

#[test]
fn sums() -> Result<(), String> {
    if tally::total(&[1]) == 1 {
        Ok(())
    } else {
        Err("no sum".into())
    }
}
