// A user's whole way through one task, with the pictures of the README: light, dark, and one after the other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makePairedRepository, writeWholeTask } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";

const TASK = "Amounts come out wrong: sums, cents and shares";

/** From a sentence to the saved file: question, plan, edit, remark, rejection, crash, tests, undo. */
export async function wholeWay(vscode) {
  const folder = makePairedRepository(vscode.script);
  const window = await vscode.open(folder);
  await chooseModel(window, "Scripted One");
  await window.openFile("ledger.py");
  await begin(window);
  await changeThePlan(window);
  await review(window);
  await crash(vscode, window);
  await conclude(window, folder);
  await window.close();
  writeWholeTask(vscode.script);
}

async function begin(window) {
  await window.command("Genie: Solve Task");
  await window.page.locator(".quick-input-widget .quick-input-list").waitFor({ state: "hidden" });
  await window.page.locator(".quick-input-widget:visible input.input").fill(TASK);
  await window.frame();
  await window.enter(TASK);
  await window.toast("Who gets the cents").waitFor({ timeout: 300_000 });
  await window.row("Plan", "Mend total and label").waitFor();
  await window.frame();
  await lookAtTheTests(window);
  await window.command("Genie: Answer Question");
  await window.found("The first ones").waitFor();
  await window.pictures("question");
  await window.frame();
  await window.page.keyboard.press("Enter");
}

async function lookAtTheTests(window) {
  await window.openFile("test_ledger.py");
  await window.command("View: Show Testing");
  const file = window.page.locator(".test-explorer .monaco-list-row", { hasText: "tests/test_ledger.py" });
  await file.waitFor();
  await file.click();
  await window.page.keyboard.press("ArrowRight");
  await window.page.getByText(/assert.-350.==.350/).first().waitFor();
  await window.pictures("tests");
  await window.frame();
  await window.closeEditor();
  await window.command("View: Show Genie");
}

/** In mid-run: the patch is there, and the model waits for another answer. */
async function changeThePlan(window) {
  await window.toast("Shall I run all tests now?").waitFor();
  await window.proposed("result += amount");
  await window.frame();
  await window.rowAction(window.row("Plan", "Tidy up the module"), "Strike Out Step");
  await window.row("Plan", "struck out").waitFor();
  await window.command("Genie: Add Step");
  await window.enter("Say what was wrong");
  await window.row("Plan", "Say what was wrong").waitFor();
  await window.pictures("plan");
  await lookInHighContrast(window);
  await window.frame();
}

/** Where a theme has no backgrounds, borders tell the lines to go from those to come. */
async function lookInHighContrast(window) {
  await window.page.emulateMedia({ forcedColors: "active" });
  await window.page.locator(".monaco-workbench.hc-light").waitFor();
  await window.page.waitForFunction(() => {
    const spans = [...document.querySelectorAll(".monaco-editor .view-line span")];
    const styles = spans.map((span) => getComputedStyle(span, "::after"));
    const coming = styles.filter(({ content }) => content.includes("result += amount"));
    return coming.length > 0 && coming.every(({ outlineStyle, outlineColor }) => outlineStyle === "solid" && outlineColor !== "rgba(0, 0, 0, 0)");
  });
  await window.screenshot("high-contrast");
  await window.page.emulateMedia({ forcedColors: "none" });
  await window.theme("light");
}

async function review(window) {
  await window.lens("Edit", 2);
  await window.line("{cents % 100:02}").waitFor();
  await window.page.keyboard.press("End");
  await window.page.keyboard.type('  # 5 reads "05"');
  await window.page.keyboard.press("Control+s");
  await window.page.locator(".tab.active.dirty").waitFor({ state: "detached" });
  await window.closeEditor();
  await window.proposed("# 5 reads");
  await window.frame();
  await window.lens("Accept", 1);
  await window.line("result += amount").waitFor();
  await window.proposed("result += amount", false);
  await window.page.keyboard.press("Control+s");
  await window.frame();
  await window.line("Amounts of money").click();
  await window.codeAction("Reject Genie's change with a reason");
  await window.enter("The old words say which unit");
  await window.row("Changes", "rejected").waitFor();
  await window.line("share = amount // people").click();
  await window.command("Genie: Comment on Hunk");
  await window.remark("Why divmod?");
  await window.comment("Why divmod?").waitFor();
  await window.pictures("review");
  await window.frame();
}

/** The server dies in mid-run; nothing is lost, and the run goes on from its log. */
async function crash(vscode, window) {
  vscode.killServers();
  await window.toast("was started again. What was under way goes on.").waitFor();
  await window.status("Shall I run all tests now?").waitFor();
  await window.command("Genie: Answer Question");
  await window.pick("Yes");
  await window.comment("gives the share and what is left over").waitFor();
  await window.toast("Genie: solved").waitFor({ timeout: 300_000 });
  await window.row("Task", "3 failed, 1 passed → 4 passed").waitFor();
  await window.frame();
}

async function conclude(window, folder) {
  await window.command("Genie: Open All Changes");
  await window.page.locator(".multiDiffEntry", { hasText: "ledger.py" }).locator(".char-insert").first().waitFor();
  await window.pictures("all-changes");
  await window.closeEditor();
  await window.command("Genie: Accept All");
  await window.line("divmod(amount, people)").waitFor();
  await window.line("def label").click();
  await window.page.keyboard.press("Control+z");
  await window.line("share = amount // people").waitFor();
  await window.page.keyboard.press("Control+Shift+z");
  await window.line("divmod(amount, people)").waitFor();
  await window.page.keyboard.press("Control+s");
  await window.status("Genie: solved").filter({ hasNotText: "to review" }).waitFor();
  await window.proposed("divmod(amount, people)", false);
  await window.frame();
  await until(async () => {
    const text = readFileSync(join(folder, "ledger.py"), "utf8");
    for (const wanted of ["Amounts of money, in cents", "result += amount", '# 5 reads "05"', "left_over) for place"]) {
      assert.ok(text.includes(wanted), wanted);
    }
  });
}
