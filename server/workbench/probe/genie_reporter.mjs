// A reporter of node:test that tells Genie, test by test, what happened: one JSON object a line.
// It runs in the user's Node (18.15, 20 or newer) and imports nothing. Events come in the order of the tests,
// a suite's after those in it; what encloses a test is known from the starts before it.

const FAILURES_OF_PARTS = new Set(["subtestsFailed", "cancelledByParent"]);

function told(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause?.message ?? cause ?? "");
}

export default async function* report(source) {
  const open = new Map();
  for await (const { type, data } of source) {
    if (type === "test:start") {
      open.set(data.nesting, data.name);
    } else if (type === "test:pass" || type === "test:fail") {
      const error = data.details?.error;
      const isSuite = data.details?.type === "suite" || FAILURES_OF_PARTS.has(error?.failureType);
      if (!isSuite) {
        const around = Array.from({ length: data.nesting }, (_, nesting) => open.get(nesting) ?? "");
        const undone = data.skip !== undefined || data.todo !== undefined;
        const status = undone ? "skipped" : type === "test:pass" ? "passed" : "failed";
        const names = [...around, data.name];
        yield `${JSON.stringify({ file: data.file ?? "", names, status, told: status === "failed" ? told(error) : "" })}\n`;
      }
    }
  }
}
