// A repository with very many functions, and a scripted model that wants each of them changed.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const FILES = 50;
export const HUNKS = 10;
export const LARGE = "large.py";
export const PLAIN = "plain.py";
export const LARGE_HUNKS = 100;
export const READS = 1000;

/** The text of a file of so many functions: as it is, or as the model wants it. */
function functions(name, count, changed) {
  const one = (number) => `def ${name}_${number}(value):
    """Step ${number}."""
    first = value * ${number + 2}
    second = first % ${number + 7}
    return ${changed ? "second + first" : "second - first"}  # ${name} ${number}
`;
  return Array.from({ length: count }, (_, number) => one(number)).join("\n\n");
}

function patchOf(name, count) {
  const hunk = (number) => {
    const first = number * 7 + 1;
    const kept = [`     first = value * ${number + 2}`, `     second = first % ${number + 7}`];
    const line = (operator) => `    return second ${operator} first  # ${name} ${number}`;
    return [`@@ -${first + 2},3 +${first + 2},3 @@`, ...kept, `-${line("-")}`, `+${line("+")}`].join("\n");
  };
  const hunks = Array.from({ length: count }, (_, number) => hunk(number));
  return `--- a/${name}.py\n+++ b/${name}.py\n${hunks.join("\n")}\n`;
}

const call = (name, args) => ({ calls: [{ name, arguments: args }] });

/** A committed repository; `review` is the script of a run with 600 hunks, `stream` that of a very long one. */
export function makeMany() {
  const home = mkdtempSync(join(tmpdir(), "genie-bench-editor-"));
  const folder = join(home, "many");
  mkdirSync(folder);
  const names = Array.from({ length: FILES }, (_, number) => `part_${String(number).padStart(2, "0")}`);
  const sizes = [...names.map((name) => [name, HUNKS]), ["large", LARGE_HUNKS]];
  for (const [name, count] of [...sizes, ["plain", LARGE_HUNKS]]) {
    writeFileSync(join(folder, `${name}.py`), functions(name, count, false));
  }
  writeFileSync(join(folder, "test_nothing.py"), "def test_nothing():\n    pass\n");
  const git = (...args) => execFileSync("git", ["-C", folder, "-c", "user.name=B", "-c", "user.email=b@example.invalid", ...args]);
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "Very many functions");
  const steps = [{ text: "Change every function", state: "doing" }, { text: "Look at them again", state: "todo" }];
  const patch = sizes.map(([name, count]) => patchOf(name, count)).join("");
  const end = call("finish", { outcome: "solved", summary: "Every function is changed." });
  const review = script(home, "review", [call("set_plan", { steps }), call("propose_patch", { patch, reason: "All." }), end]);
  const reads = Array.from({ length: READS }, (_, turn) => call("open_file", { path: `${names[turn % FILES]}.py`, start: 1, end: 9 + (turn % 50) }));
  const stream = script(home, "stream", [call("set_plan", { steps }), ...reads, end]);
  return { home, folder, review, stream };
}

function script(home, name, turns) {
  const file = join(home, `${name}.json`);
  writeFileSync(file, JSON.stringify(turns));
  return file;
}
