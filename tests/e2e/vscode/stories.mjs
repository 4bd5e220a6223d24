// What users do with Genie in VS Code, each from beginning to end. Every story gets a VS Code that runs.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCode, searchByMeaning } from "./finding_stories.mjs";
import { inGermanByKeys } from "./language_stories.mjs";
import { editorModel, endpointAndCandidates, offline } from "./model_stories.mjs";
import { OFFERED } from "./offered.mjs";
import { makeRepository, makeSimpleRepository } from "./repository.mjs";
import { reviewAtRandom } from "./random_reviews.mjs";
import { reviewRemarks } from "./review_stories.mjs";
import { arrangeThePlan, keepHouse } from "./sidebar_stories.mjs";
import { TRUST } from "./trust_stories.mjs";
import { wholeWay } from "./whole_way.mjs";
import { chooseModel, until } from "./window.mjs";
import { PYTHON } from "./workbench.mjs";
import { twoFolders, twoTasks, twoWindows } from "./workspace_stories.mjs";

const PLUS = "result += amount";
const MINUS = "result -= amount";
const TWO_DIGITS = "{cents % 100:02}";
const ONE_DIGIT = "{cents % 100}";

/** From the first use (the environment is made) over plan, question and review to the saved file. */
async function reviewAndUndo(vscode) {
  const { folder, script } = makeRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`, async () => {
    await window.toast(/setting up \(once\): \w+/).waitFor();
    await window.screenshot("1-setting-up");
  });

  await window.openFile("ledger.py");
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong: sums, cents and shares");
  await window.toast("Who gets the cents").waitFor({ timeout: 300_000 });
  await window.row("Plan", "Mend total and label").waitFor();
  await window.rowAction(window.row("Plan", "Tidy up the module"), "Strike Out Step");
  await window.row("Plan", "struck out").waitFor();
  await window.screenshot("2-question");

  await window.openFile("test_ledger.py");
  await window.command("View: Show Testing");
  await window.page.locator(".test-explorer .monaco-list-row", { hasText: "tests/test_ledger.py" }).waitFor();
  await window.page.getByText(/assert.-350.==.350/).first().waitFor(); // at the line that failed
  await window.screenshot("2-tests");
  await window.closeEditor();
  await window.command("View: Show Genie");

  await window.command("Genie: Open Plan as Markdown");
  await window.line("~~Tidy up the module~~").click();
  await window.page.keyboard.press("Control+End");
  await window.page.keyboard.type("- Say what was wrong");
  await window.page.keyboard.press("Control+s");
  await window.row("Plan", "Say what was wrong").waitFor();
  await window.screenshot("2-plan");
  await window.closeEditor();

  await window.command("Genie: Answer Question");
  await window.pick("The first ones");

  await window.toast("Genie: solved").waitFor();
  await window.row("Task", "3 failed, 1 passed → 4 passed").waitFor();
  await window.row("Plan", "struck out").waitFor();
  await window.line(PLUS).waitFor({ state: "detached" });
  await window.proposed(PLUS);
  await window.screenshot("3-hunks");

  await window.command("Genie: Show Diff");
  await window.page.locator(".monaco-diff-editor .char-insert").first().waitFor();
  await window.screenshot("4-diff");
  await window.closeEditor();

  await window.lens("Accept");
  await window.line(PLUS).waitFor();
  await window.line(ONE_DIGIT).click();
  await window.codeAction("Accept Genie's change");
  await window.line(TWO_DIGITS).waitFor();
  await window.rowAction(window.row("Changes", "share, left_over"), "Reject Hunk");
  await window.row("Changes", "rejected").waitFor();
  await window.status("solved").filter({ hasNotText: "to review" }).waitFor();
  await window.screenshot("5-reviewed");

  await window.line("def label").click();
  await window.page.keyboard.press("Control+z");
  await window.line(ONE_DIGIT).waitFor();
  await window.status("1 to review").waitFor();
  await window.proposed(TWO_DIGITS);
  await window.screenshot("6-undone");
  await window.page.keyboard.press("Control+Shift+z");
  await window.line(TWO_DIGITS).waitFor();
  await window.proposed(TWO_DIGITS, false);

  await window.rowAction(window.row("Changes", PLUS), "Take Back Accepted Changes");
  await window.row("Changes", "taken back").waitFor();
  await window.line(MINUS).waitFor();
  await window.line(TWO_DIGITS).waitFor();
  await window.screenshot("6-taken-back");
  await window.command("Genie: Take Back Accepted Changes");
  await window.pick("ledger.py");
  await window.line(ONE_DIGIT).waitFor();
  await window.row("Changes", "taken back").nth(1).waitFor();
  for (const line of [PLUS, TWO_DIGITS]) {
    await window.rowAction(window.row("Changes", line), "Accept Hunk");
    await window.line(line).waitFor();
  }
  await window.page.keyboard.press("Control+s");
  await until(() => {
    const text = readFileSync(join(folder, "ledger.py"), "utf8");
    assert.ok(text.includes(PLUS) && text.includes(TWO_DIGITS) && text.includes("[share] * people"));
  });
  await window.close();
}

/** A run is stopped, resumed, torn from its server, resumed again, and found in the history after a reload. */
async function stopAndResume(vscode) {
  const { folder, script } = makeRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong");
  await window.toast("Who gets the cents").waitFor();

  await window.row("Task", "m pytest").waitFor();
  await window.rowAction(window.row("Task", "m pytest"), "Change Test Command");
  await window.enter("make test");
  await window.row("Task", /Tests\s*make test/).waitFor();
  await window.command("Genie: Change Test Command");
  await window.enter(`${PYTHON} -m pytest -q`);
  await window.row("Task", /^\s*Tests\s*\S+ -m pytest -q/).waitFor();
  await window.screenshot("7-test-command");

  await window.command("Genie: Stop");
  await window.status("Genie: stopped").waitFor();
  await window.row("Task", "Stopped").waitFor();
  await window.screenshot("7-stopped");
  await window.command("Genie: Resume");
  await window.status("Who gets the cents").waitFor();
  vscode.killServers();
  await window.toast("was started again").waitFor();
  await window.status("Who gets the cents").waitFor();
  await window.command("Genie: Answer Question");
  await window.pick("Decide for me");
  await window.status("Genie: solved, 3 to review").waitFor();

  await window.page.reload();
  await window.command("Genie: Show Run");
  await window.pick("Amounts come out wrong");
  await window.row("Changes", "share, left_over").waitFor();
  await window.command("Genie: Accept All");
  await window.status("solved").filter({ hasNotText: "to review" }).waitFor();
  await window.command("Genie: Doctor");
  await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "git" }).first().waitFor();
  await window.screenshot("8-doctor");
  await window.close();
}

/** A playbook is begun and followed; the task, what was found and an answer are edited; one goes back. */
async function steer(vscode) {
  const { folder, script } = makeRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.command("Genie: New Playbook");
  await window.enter("Money", false);
  await window.pick("In this repository");
  await window.tab("money.md").waitFor();
  await window.line("How I like this to be done").waitFor();
  await window.screenshot("18-playbook");
  await window.closeEditor();

  await window.openFile("ledger.py");
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong", false);
  await window.tick("Money");
  await window.row("Task", "you chose it").waitFor();
  await window.row("Plan", "The first step").waitFor();
  await window.toast("Who gets the cents").waitFor();

  await window.command("Genie: Edit Task");
  await window.enter("Amounts come out wrong, cents too");
  await window.row("Task", "Amounts come out wrong, cents too").waitFor();
  await window.line("def label").click();
  await window.command("Genie: Add Selection to What Genie Found");
  await window.expand("Found");
  await window.row("Found", "pinned").waitFor();
  await window.rowAction(window.row("Found", "split"), "Drop");
  await window.row("Found", "dropped").waitFor();
  await window.screenshot("19-found");

  await window.page.reload();
  await window.command("Genie: Show Run");
  await window.pick("Amounts come out wrong");
  await window.row("Task", "resume to go on").waitFor();
  await window.command("Genie: Resume");
  await window.toast("Who gets the cents").waitFor();
  await window.command("Genie: Answer Question");
  await window.answer("The tall ones");
  await window.status("Genie: solved, 3 to review").waitFor();
  await window.command("Genie: Change an Answer");
  await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "The tall ones" }).waitFor();
  await window.pick("Who gets the cents");
  await window.answer("Decide for me");

  await window.command("Genie: Go Back to an Earlier Moment");
  await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Before the first patch" }).waitFor();
  await window.screenshot("20-moments");
  await window.pick("Before the first patch");
  await window.enter("Keep it short");
  await window.row("Task", "branch of").waitFor();
  await window.status("Genie: solved, 3 to review").waitFor();
  await window.expand("Runs");
  await window.row("Runs", "· branch").waitFor();
  await window.screenshot("21-branch");
  await window.close();
}

/** A model that repeats itself is stopped by a limit; the user lets it go on. */
async function goOnPastALimit(vscode) {
  const look = { text: "I look.", calls: [{ name: "open_file", arguments: { path: "ledger.py" } }] };
  const finish = { text: "", calls: [{ name: "finish", arguments: { outcome: "unsolved", summary: "Looked enough." } }] };
  const { folder, home } = makeSimpleRepository();
  const script = join(home, "repeating.json");
  writeFileSync(script, JSON.stringify([look, look, look, finish]));
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.command("Genie: Solve Task");
  await window.enter("The total is wrong");
  await window.status("Genie: not solved").waitFor();
  await window.row("Task", "The same call came 3 times in a row").waitFor();
  await window.row("Task", "tokens").waitFor();
  await window.screenshot("9-limit");
  await window.command("Genie: Resume");
  await window.page.locator(".monaco-dialog-box").getByText("Go on for as long again?").waitFor();
  await window.screenshot("9-go-on");
  await window.page.locator(".monaco-dialog-box .monaco-button", { hasText: "Go On" }).click();
  await window.row("Task", "Looked enough.").waitFor();
  await window.close();
}

/** A Python that isn't there is said with a way out; an environment that was damaged is made anew. */
async function badPython(vscode) {
  const { folder } = makeSimpleRepository();
  vscode.damageEnvironment();
  vscode.setMachineSetting("genie.python", "/nowhere/python3");
  const window = await vscode.open(folder);
  await window.command("Genie: Doctor");
  await window.toast("can't use the Python in the setting genie.python").waitFor();
  await window.screenshot("11-no-python");
  vscode.setMachineSetting("genie.python", "");
  await until(async () => {
    await window.toast("can't use the Python").locator(".monaco-button", { hasText: "Try Again" }).click();
    await window.toast("setting up (once)").waitFor({ timeout: 10_000 });
  });
  await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "git" }).first().waitFor({ timeout: 300_000 });
  await window.close();
}

export const STORIES = {
  reviewAndUndo, wholeWay, reviewRemarks, stopAndResume, goOnPastALimit, steer, arrangeThePlan, keepHouse, offline, editorModel, twoTasks,
  twoFolders, twoWindows, inGermanByKeys, reviewAtRandom, endpointAndCandidates, findCode, searchByMeaning, ...OFFERED, ...TRUST, badPython,
};
