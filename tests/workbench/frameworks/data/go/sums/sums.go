// Package sums adds amounts.
package sums

// Total is the sum of amounts.
func Total(amounts []int) int {
	result := 0
	for _, amount := range amounts {
		result -= amount
	}
	return result
}

// Share divides an amount among people.
func Share(amount, people int) int {
	return amount / people
}
