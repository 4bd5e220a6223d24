// What users do with more than one folder in a window, more than one window on a folder, and two tasks at once.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePatchedRepository, makeRepository } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";

const PLUS = "result += amount";

/** A task is begun in each of two folders, which the views name; one folder leaves the workspace, another comes. */
export async function twoFolders(vscode) {
  const [one, other] = [makePatchedRepository(), makePatchedRepository()];
  const file = join(one.home, "both.code-workspace");
  const [first, second] = [{ name: "First", path: one.folder }, { name: "Second", path: other.folder }];
  const hold = (...folders) => writeFileSync(file, JSON.stringify({ folders }));
  hold(first, second);
  const window = await vscode.open(file);
  await chooseModel(window, "Another model", `scripted:${one.script}`);
  for (const name of ["Second", "First"]) {
    await window.command("Genie: Solve Task");
    await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Second" }).waitFor();
    await window.pick(name);
    await window.enter(`Amounts come out wrong, says ${name}`);
    await window.row("Task", `says ${name}`).waitFor({ timeout: 300_000 });
    await window.status("Genie: solved, 3 to review").waitFor({ timeout: 300_000 });
    await window.header("Changes", name).waitFor();
  }
  await window.expand("Runs");
  await window.row("Runs", /says Second.*Second/).waitFor();
  await window.row("Runs", /says First.*First/).waitFor();
  await window.screenshot("30-two-folders");
  await window.row("Runs", "says Second").click();
  await window.header("Changes", "Second").waitFor();
  await window.rowAction(window.row("Changes", PLUS), "Accept Hunk");
  await window.row("Changes", "accepted").waitFor();
  await window.line(PLUS).click();
  await window.page.keyboard.press("Control+s");
  await until(() => assert.ok(readFileSync(join(other.folder, "ledger.py"), "utf8").includes(PLUS)));
  assert.ok(!readFileSync(join(one.folder, "ledger.py"), "utf8").includes(PLUS));

  hold(first);
  await window.header("Changes", "not in this workspace").waitFor();
  await window.row("Runs", "says Second").waitFor({ state: "detached" });
  await window.screenshot("31-folder-gone");
  await window.rowAction(window.row("Changes", "{cents % 100:02}"), "Accept Hunk");
  await window.row("Changes", "accepted").nth(1).waitFor();
  hold(first, second);
  await window.header("Changes", "not in this workspace").waitFor({ state: "detached" });
  await window.row("Runs", /says Second.*Second/).waitFor();
  await window.close();
}

/** A second window on the same folder shows the run as it goes, leaves it alone, and reviews it when it rests. */
export async function twoWindows(vscode) {
  const { folder, script } = makePatchedRepository({ asking: true });
  const here = await vscode.open(folder);
  await chooseModel(here, "Another model", `scripted:${script}`);
  await here.command("Genie: Solve Task");
  await here.enter("Amounts come out wrong");
  await here.toast("Who gets the cents").waitFor({ timeout: 300_000 });
  const there = await vscode.open(folder);
  await there.openFile("ledger.py");
  await there.command("Genie: Show Run");
  await there.pick("Amounts come out wrong");
  await there.row("Task", "in another window or a terminal").waitFor();
  await there.proposed(PLUS);
  await there.lens("Accept");
  await there.toast("do it there, or stop it there first").waitFor();
  await there.screenshot("32-other-window");
  await there.line("result -= amount").waitFor();
  await here.command("Genie: Answer Question");
  await here.pick("The first ones");
  await there.status("Genie: solved, 3 to review").waitFor({ timeout: 300_000 });
  await here.openFile("ledger.py");
  await here.proposed(PLUS);
  await here.lens("Accept");
  await here.row("Changes", "accepted").waitFor();
  await there.row("Changes", "result += amount").waitFor();
  await here.page.keyboard.press("Control+s");
  await there.line(PLUS).waitFor();
  await there.row("Changes", "accepted").waitFor();
  await there.command("Genie: Accept All");
  await there.status("solved").filter({ hasNotText: "to review" }).waitFor();
  await there.page.keyboard.press("Control+s");
  await until(() => {
    const text = readFileSync(join(folder, "ledger.py"), "utf8");
    assert.equal(text.split(PLUS).length, 2);
    assert.equal(text.split("divmod(amount, people)").length, 2);
  });
  await here.close();
  await there.close();
}

/** Two tasks at once: the one that isn't shown asks, is shown by the answer's button, and tells its end by name. */
export async function twoTasks(vscode) {
  const [slow, quick] = [makeRepository(), makePatchedRepository()];
  const hold = `${vscode.script}.hold`;
  const window = await vscode.open(slow.folder);
  writeFileSync(hold, "");
  try {
    await chooseModel(window, "Scripted One");
    await window.command("Genie: Solve Task");
    await window.enter("Amounts come out wrong");
    await window.row("Task", "Modeleditor:genie-e2e").waitFor();
    await chooseModel(window, "Another model", `scripted:${quick.script}`);
    await window.command("Genie: Solve Task");
    await window.enter("Sums are negative");
    await window.status("Genie: solved, 3 to review").waitFor();
  } finally {
    rmSync(hold); // the model of other stories would wait for it, too
  }
  const asked = window.toast("Genie asks, at work on “Amounts come out wrong”: Who gets the cents");
  await asked.locator(".monaco-button", { hasText: "Answer" }).click();
  await window.row("Task", "Amounts come out wrong").waitFor();
  await window.screenshot("40-two-tasks");
  await window.pick("The first ones");
  await window.command("Genie: Show Run");
  await window.pick("Sums are negative");
  await window.toast("Genie: solved “Amounts come out wrong”").locator(".monaco-button", { hasText: "Review Changes" }).click();
  await window.row("Task", "Amounts come out wrong").waitFor();
  await window.tab("ledger.py").waitFor();
  await window.close();
}
