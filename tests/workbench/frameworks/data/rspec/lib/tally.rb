module Tally
  def self.total(amounts)
    amounts.inject(0) { |sum, amount| sum - amount }
  end

  def self.share(amount, people)
    amount / people
  end
end
