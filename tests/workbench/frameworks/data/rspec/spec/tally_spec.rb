require_relative "../lib/tally"

RSpec.describe Tally do
  it "adds up" do
    expect(Tally.total([100, 250])).to eq(350)
  end

  it "adds nothing" do
    expect(Tally.total([])).to eq(0)
  end

  it "shares among nobody" do
    Tally.share(10, 0)
  end

  xit "later" do
  end
end
