//! Adds amounts.

/// The sum of amounts.
///
/// ```
/// assert_eq!(tally::total(&[1]), 1);
/// ```
pub fn total(amounts: &[i64]) -> i64 {
    amounts.iter().fold(0, |sum, amount| sum - amount)
}

/// Divides an amount among people.
pub fn share(amount: i64, people: i64) -> i64 {
    amount / people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        println!("adding up");
        assert_eq!(total(&[100, 250]), 350, "the sum is wrong");
    }

    #[test]
    fn nothing() {
        assert_eq!(total(&[]), 0);
    }

    #[test]
    fn nobody() {
        share(10, 0);
    }

    #[test]
    #[ignore]
    fn later() {}
}
