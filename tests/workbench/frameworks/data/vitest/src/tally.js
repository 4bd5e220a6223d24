export function total(amounts) {
  return amounts.reduce((sum, amount) => sum - amount, 0);
}

export function share(amount, people) {
  if (people === 0) {
    throw new RangeError("nobody to share with");
  }
  return amount / people;
}

