// A small git repository with bugs and failing tests, and what a scripted model does about them.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PYTHON } from "./workbench.mjs";

const ALL = mkdtempSync(join(tmpdir(), "genie-e2e-"));

const LEDGER = `"""Amounts of money, in cents."""


def total(amounts):
    """The sum of all amounts."""
    result = 0
    for amount in amounts:
        result -= amount
    return result


def label(cents):
    """The amount as text: 1205 is "12.05"."""
    return f"{cents // 100}.{cents % 100}"


def split(amount, people):
    """Shares of \`amount\` that differ by a cent at most."""
    share = amount // people
    return [share] * people
`;

const TESTS = `from ledger import label, split, total


def test_the_total_is_the_sum():
    assert total([100, 250]) == 350


def test_cents_have_two_digits():
    assert label(1205) == "12.05"


def test_no_cent_is_lost():
    assert split(100, 3) == [34, 33, 33]


def test_nothing_is_free():
    assert split(0, 2) == [0, 0]
`;

const INTEREST = `"""What money earns."""

MONTHS = 12


def grown(cents, rate, years):
    """An amount after some years of compound interest, rounded at the end only."""
    exact = cents
    for _ in range(years * MONTHS):
        exact += exact * rate / MONTHS
    return round(exact)


def due_dates(start, count):
    """The first days of the next months, on which instalments are to be paid."""
    year, month = start
    dates = []
    for _ in range(count):
        year, month = (year + 1, 1) if month == MONTHS else (year, month + 1)
        dates.append((year, month))
    return dates


def instalments(cents, count):
    """Equal payments for a loan without interest; the last one takes the remainder."""
    each = cents // count
    payments = [each] * count
    payments[-1] += cents - each * count
    assert sum(payments) == cents
    return payments
`;

const PATCH = `--- a/ledger.py
+++ b/ledger.py
@@ -5,5 +5,5 @@
     """The sum of all amounts."""
     result = 0
     for amount in amounts:
-        result -= amount
+        result += amount
     return result
@@ -12,4 +12,4 @@
 def label(cents):
     """The amount as text: 1205 is "12.05"."""
-    return f"{cents // 100}.{cents % 100}"
+    return f"{cents // 100}.{cents % 100:02}"
 
@@ -17,4 +17,4 @@
 def split(amount, people):
     """Shares of \`amount\` that differ by a cent at most."""
-    share = amount // people
-    return [share] * people
+    share, left_over = divmod(amount, people)
+    return [share + (place < left_over) for place in range(people)]
`;

const STEPS = ["Find the functions that the failing tests call", "Mend total and label", "Share out the left-over cents"];

function plan(...states) {
  const steps = [...STEPS, "Tidy up the module"].map((text, place) => ({ text, state: states[place] ?? "todo" }));
  return { calls: [{ name: "set_plan", arguments: { steps } }] };
}

function call(name, args) {
  return { calls: [{ name, arguments: args }] };
}

/** Plans, asks, patches, tests, finishes. */
const WHOLE_TASK = [
  plan("doing"),
  call("run_tests", {}),
  call("search_code", { query: "split an amount into shares" }),
  call("go_to_definition", { name: "total", path: "tests/test_ledger.py", line: 5 }),
  call("ask_user", { question: "Who gets the cents that are left over?", choices: ["The first ones", "The last ones"] }),
  plan("done", "doing", "doing"),
  call("propose_patch", { patch: PATCH, reason: "Three small faults." }),
  call("run_tests", {}),
  plan("done", "done", "done", "done"),
  call("finish", { outcome: "solved", summary: "Sums add, cents have two digits, and no cent is lost." }),
];

/** Patches, asks, answers the remark that came meanwhile, finishes. */
const REVIEWED_TASK = [
  plan("done", "doing", "doing"),
  call("propose_patch", { patch: PATCH, reason: "Amounts were subtracted, cents lost their zero, and left-over cents their owner." }),
  call("ask_user", { question: "Who gets the cents that are left over?", choices: ["The first ones", "The last ones"] }),
  call("reply", { text: "`divmod` gives the share and what is left over in one step. I kept it." }),
  call("finish", { outcome: "solved", summary: "Sums add, cents have two digits, and no cent is lost." }),
];

const DOCSTRING = `@@ -1,4 +1,4 @@
-"""Amounts of money, in cents."""
+"""Sums, labels and shares of money."""
 
 
 def total(amounts):
`;

/** Asks, plans, patches, asks again while the patch is reviewed, answers a remark, tests, finishes. */
const PAIRED_TASK = [
  plan("doing"),
  call("run_tests", {}),
  call("ask_user", { question: "Who gets the cents that are left over?", choices: ["The first ones", "The last ones"] }),
  plan("done", "doing", "doing"),
  call("propose_patch", {
    patch: PATCH.replace("@@ -5,5", `${DOCSTRING}@@ -5,5`),
    reason: "Amounts were subtracted, cents lost their zero, and left-over cents their owner.",
  }),
  call("ask_user", { question: "Shall I run all tests now?", choices: ["Yes", "Wait"] }),
  call("reply", { text: "`divmod` gives the share and what is left over in one step. I kept it." }),
  plan("done", "done", "done", "done"),
  call("run_tests", {}),
  call("finish", { outcome: "solved", summary: "Sums add, cents have two digits, and no cent is lost." }),
];

/** A committed repository in a folder of its own, and beside it the script of a model that solves it. */
export function makeRepository() {
  const home = mkdtempSync(join(ALL, "story-"));
  const folder = join(home, "ledger");
  mkdirSync(join(folder, "tests"), { recursive: true });
  writeFileSync(join(folder, "ledger.py"), LEDGER);
  writeFileSync(join(folder, "tests", "test_ledger.py"), TESTS);
  writeFileSync(join(folder, "pytest.ini"), "[pytest]\npythonpath = .\n");
  const script = join(home, "script.json");
  writeFileSync(script, JSON.stringify(WHOLE_TASK));
  commit(folder);
  return { home, folder, script };
}

/** The same with a model that is remarked on. */
export function makeReviewedRepository() {
  const made = makeRepository();
  writeFileSync(made.script, JSON.stringify(REVIEWED_TASK));
  return made;
}

/** The same with tests by make, and a model in `script` that works while its user reviews. */
export function makePairedRepository(script) {
  const { folder } = makeRepository();
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(join(folder, ".vscode", "settings.json"), JSON.stringify({ "genie.testCommand": "make test" }));
  writeFileSync(join(folder, "Makefile"), `test:\n\t@${PYTHON} -m pytest -q\n`);
  writeFileSync(script, JSON.stringify(PAIRED_TASK));
  commit(folder);
  return folder;
}

/** What the editor's own model says in most stories. */
export function writeWholeTask(script) {
  writeFileSync(script, JSON.stringify(WHOLE_TASK));
}

/** The same with a model that proposes its patch at once, and perhaps asks before it finishes. */
export function makePatchedRepository({ asking = false } = {}) {
  const made = makeRepository();
  const [patch, question, finish] = [REVIEWED_TASK[1], REVIEWED_TASK[2], REVIEWED_TASK.at(-1)];
  writeFileSync(made.script, JSON.stringify([patch, ...(asking ? [question] : []), finish]));
  return made;
}

/** The same with one fault only, that the built-in engine can find. */
export function makeSimpleRepository() {
  const { home, folder } = makeRepository();
  writeFileSync(join(folder, "ledger.py"), LEDGER.slice(0, LEDGER.indexOf("\n\ndef label")));
  const test = TESTS.slice(0, TESTS.indexOf("\n\ndef test_cents")).replace("label, split, total", "total");
  writeFileSync(join(folder, "tests", "test_ledger.py"), test);
  commit(folder);
  return { home, folder };
}

/** That one again, with what a server of chat completions says to a probe and to two candidates. */
export function makeEndpointRepository() {
  const open = { name: "open_file", arguments: { path: "src/app.py", first_line: 40 } };
  const search = { name: "search_text", arguments: { pattern: "TODO" } };
  const missing = { status: 404, body: { error: { message: "Not Found" } } };
  const probe = [{ calls: [open] }, { calls: [search] }, { calls: [open, open] }, missing, { text: JSON.stringify(open) }];
  const patch = PATCH.slice(0, PATCH.indexOf("@@ -12"));
  const finish = call("finish", { outcome: "solved", summary: "Amounts were subtracted." });
  const solution = { text: "One sign.", calls: [...call("propose_patch", { patch }).calls, ...finish.calls] };
  return { ...makeSimpleRepository(), replies: [...probe, plan("doing"), solution, solution] };
}

/** The same with more to look for. */
export function makeLargerRepository() {
  const { home, folder } = makeRepository();
  writeFileSync(join(folder, "interest.py"), INTEREST);
  commit(folder);
  return { home, folder };
}

export function removeRepositories() {
  rmSync(ALL, { recursive: true, force: true });
}

function commit(folder) {
  const git = (...args) => execFileSync("git", ["-C", folder, "-c", "user.name=E2E", "-c", "user.email=e2e@example.invalid", ...args]);
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "A ledger");
}
