// What a user must be able to trust: what runs without a sandbox, and what happens when the server is lost.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRepository, makeSimpleRepository } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";
import { inAnother, PYTHON, SERVER } from "./workbench.mjs";

/** The server that the tests' Python has, started by a line of shell in which it is "$@". */
export async function withServer(vscode, line, story) {
  vscode.setMachineSetting("genie.server.command", ["/bin/sh", "-c", line, "sh", ...SERVER]);
  try {
    await story();
  } finally {
    vscode.setMachineSetting("genie.server.command", []);
  }
}

/** Where bubblewrap can't run, a command is shown and approved; that is remembered, looked at, and revoked. */
async function approve(vscode) {
  const { folder, home } = makeSimpleRepository();
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "bwrap"), "#!/bin/sh\necho 'bwrap: No permissions to create a namespace' >&2\nexit 1\n");
  chmodSync(join(bin, "bwrap"), 0o755);
  await withServer(vscode, `PATH="${bin}:$PATH" exec "$@"`, async () => {
    const window = await vscode.open(folder);
    await chooseModel(window, "Offline");
    await window.command("Genie: Solve Task");
    await window.enter("total([100, 250]) is -350");
    await window.toast("Run without a sandbox").locator(".monaco-button", { hasText: "Decide" }).click();
    const dialog = window.page.locator(".monaco-dialog-box");
    await dialog.getByText(`${PYTHON} -m pytest`).waitFor();
    await dialog.getByText(folder).waitFor();
    await dialog.getByText("No permissions to create a namespace").waitFor();
    await window.screenshot("30-approval");
    await dialog.locator(".monaco-button", { hasText: "Always for this command in this workspace" }).click();
    await window.toast("Genie: solved").waitFor({ timeout: 300_000 });

    await window.command("Genie: Solve Task");
    await window.pick("Type a task");
    await window.enter("total([100, 250]) is still -350");
    await window.row("Task", "still -350").waitFor();
    await window.status("Genie: solved").waitFor({ timeout: 300_000 });
    await window.command("Genie: Approved Commands");
    await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "-m pytest" }).waitFor();
    await window.screenshot("31-approved");
    await window.tick("-m pytest");
    await window.status("Genie asks again").waitFor();
    await window.close();
  });
}

/** The server dies: the run goes on by itself and that is told once; it dies again and again: one message. */
async function survive(vscode) {
  const { folder, script } = makeRepository();
  await withServer(vscode, 'exec "$@"', async () => {
    const window = await vscode.open(folder);
    await chooseModel(window, "Another model", `scripted:${script}`);
    await window.command("Genie: Solve Task");
    await window.enter("Amounts come out wrong");
    await window.status("Who gets the cents").waitFor({ timeout: 300_000 });
    const told = window.toast("Genie's server ended unexpectedly and was started again. What was under way goes on.");
    const times = () => vscode.log().split("was started again. What was under way goes on.").length;
    const before = times();
    await kill(vscode);
    await told.waitFor();
    await window.status("Who gets the cents").waitFor();
    await window.row("Plan", "Mend total and label").waitFor();
    await window.screenshot("32-started-again");
    for (let time = 0; time < 2; time++) {
      await kill(vscode);
      await window.status("Genie's server was started again").waitFor();
      await window.status("Who gets the cents").waitFor();
    }
    assert.equal(times() - before, 1);
    await kill(vscode);
    const often = window.toast("Genie's server ended 4 times within a few minutes");
    await often.waitFor();
    await window.screenshot("33-ended-too-often");
    await often.locator(".monaco-button", { hasText: "Restart" }).click();
    const rests = window.toast("What was under way rests now"); // it was taken up three times, unless a kill came first
    await rests.or(window.status("Genie's server was started again")).first().waitFor();
    if (await rests.isVisible()) {
      await rests.locator(".monaco-button", { hasText: "Resume" }).click();
    }
    await until(async () => {
      await window.command("Genie: Answer Question"); // Until the run asks again there is nothing to answer.
      await window.found("The first ones").waitFor({ timeout: 5_000 });
    });
    await window.page.keyboard.press("Enter");
    await window.status("Genie: solved, 3 to review").waitFor();
    await window.close();
  });
}

/** Kills the server once it runs. */
async function kill(vscode) {
  await until(async () => assert.ok(vscode.killServers() > 0));
}

/** A server of another version isn't worked with: both versions are told, and what to do. */
async function otherVersion(vscode) {
  const { folder } = makeSimpleRepository();
  const old = "import genie_engineer; genie_engineer.__version__ = '0.0.9'; from genie_engineer.__main__ import main; main()";
  const window = await vscode.open(folder);
  await withServer(vscode, `exec "$1" -I -c "${old}" serve --stdio`, async () => {
    await window.command("Genie: Doctor");
    await window.toast("but its server is version 0.0.9").waitFor();
    await window.screenshot("34-other-version");
  });
  await until(async () => {
    await window.toast("version 0.0.9").first().locator(".monaco-button", { hasText: "Try Again" }).click();
    await window.found("Python").waitFor({ timeout: 20_000 });
  });
  await window.close();
}

/** The environment vanishes while the server runs: it is said, and set up again by a button. */
async function environmentVanishes(vscode) {
  const { folder } = makeSimpleRepository();
  const window = await vscode.open(folder);
  await window.command("Genie: Doctor");
  await window.found("Python").waitFor({ timeout: 300_000 });
  await window.page.keyboard.press("Escape");
  vscode.removeEnvironment();
  await window.command("Genie: Doctor");
  const told = window.toast("Genie's Python environment is gone");
  await told.waitFor();
  await window.screenshot("35-environment-gone");
  await told.locator(".monaco-button", { hasText: "Set Up Again" }).click();
  await window.toast("setting up (once)").waitFor();
  await window.toast("setting up (once)").waitFor({ state: "detached", timeout: 300_000 });
  await window.command("Genie: Doctor");
  await window.found("Python").waitFor();
  await window.close();
}

/** Where nothing is trusted code is found and nothing else is done, whatever the repository's settings say. */
async function untrusted(vscode) {
  const { folder, home } = makeSimpleRepository();
  const trace = join(home, "started");
  mkdirSync(join(folder, ".vscode"));
  const theirs = { "genie.server.command": ["touch", trace], "genie.python": trace, "genie.candidates": 8, "genie.testCommand": `touch ${trace}` };
  writeFileSync(join(folder, ".vscode", "settings.json"), JSON.stringify(theirs));
  await inAnother(vscode, "untrusted", { settings: { "genie.server.command": SERVER }, trusting: false }, async (other) => {
    const window = await other.open(folder);
    await window.find("the sum of all amounts");
    await window.found("total").waitFor({ timeout: 120_000 });
    await window.leave();
    await window.command("Genie: Doctor");
    const told = window.toast("Genie does this only in a trusted workspace");
    await told.locator(".monaco-button", { hasText: "Manage Workspace Trust" }).waitFor();
    await window.screenshot("36-untrusted");
    await window.quick("F1", ">Genie: ");
    const offered = (title) => window.page.locator(".quick-input-list .monaco-list-row", { hasText: title });
    await offered("Find Code").waitFor();
    assert.equal(await offered("Solve Task").count(), 0);
    assert.ok(!existsSync(trace));
    await window.close();
  });
}

/** What may be sent with a report is shown, and sent to nobody. */
async function reportIssue(vscode) {
  const { folder } = makeSimpleRepository();
  await withServer(vscode, 'exec "$@"', async () => {
    const window = await vscode.open(folder);
    await window.command("Genie: Report Issue");
    await window.line("Nothing of this has been sent").waitFor({ timeout: 120_000 });
    await window.line("- Extension: 0.1.0").waitFor();
    await window.screenshot("37-report");
    await window.close();
  });
}

export const TRUST = { approve, survive, otherVersion, environmentVanishes, untrusted, reportIssue };
