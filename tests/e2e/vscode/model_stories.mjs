// Who does the thinking: the built-in engine, one of the editor's own models, one behind an endpoint.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeEndpointRepository, makeRepository, makeSimpleRepository } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";
import { PYTHON, ROOT } from "./workbench.mjs";

const PLUS = "result += amount";
const MINUS = "result -= amount";

/** The built-in engine, without a key or a network. */
export async function offline(vscode) {
  const { folder } = makeSimpleRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Offline");
  await window.openFile("ledger.py");
  await window.command("Genie: Solve Task");
  await window.enter("total([100, 250]) is -350");
  await window.toast("Genie: solved").waitFor({ timeout: 300_000 });
  await window.proposed(PLUS);
  await window.screenshot("9-offline");
  await window.lens("Accept");
  await window.line(PLUS).waitFor();
  await window.line(MINUS).waitFor({ state: "detached" });
  await window.close();
}

/** One of the editor's own models and its definitions, which another extension provides. */
export async function editorModel(vscode) {
  const { folder } = makeRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Scripted One");
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong");
  await window.toast("Where is total?").waitFor();
  await window.toast("Who gets the cents").waitFor();
  await window.row("Task", "Who gets the cents").click();
  await window.pick("The first ones");
  await window.row("Task", "Has a question").waitFor({ state: "detached" });
  await window.toast("Genie asks: Who gets the cents").locator(".monaco-button", { hasText: "Answer" }).click();
  await window.toast("Genie has no question just now").waitFor();
  await window.status("Genie: solved, 3 to review").waitFor();
  await window.row("Task", "editor:genie-e2e/scripted-1").waitFor();
  await window.screenshot("10-editor-model");
  await window.close();
}

/** A model at an endpoint is found, asked what it can do, chosen, and writes two candidates. */
export async function endpointAndCandidates(vscode) {
  const { home, folder, replies } = makeEndpointRepository();
  const [script, port, settings] = [join(home, "replies.json"), join(home, "port"), join(vscode.home, "genie", "settings.toml")];
  writeFileSync(script, JSON.stringify(replies));
  const double = join(ROOT, "tests", "doubles", "chat_server.py");
  const server = spawn(PYTHON, [double, script, "--port-file", port], { stdio: "ignore" });
  try {
    await until(async () => assert.ok(existsSync(port)));
    mkdirSync(join(vscode.home, "genie"), { recursive: true });
    writeFileSync(settings, `candidates = 2\nmodel.base_url = "${readFileSync(port, "utf8")}"\n`);
    const window = await vscode.open(folder);
    await window.command("Genie: Choose Model");
    await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "double-large" }).waitFor({ timeout: 300_000 });
    await window.screenshot("18-models-found");
    await window.pick("double-large");
    await window.toast("What can double-large do?").locator(".monaco-button", { hasText: "Find Out" }).click();
    await window.toast("native tool calls (3 of 3 valid)").waitFor();
    await window.screenshot("19-model-probed");
    await window.command("Genie: Solve Task");
    await window.enter("total([100, 250]) is -350");
    await window.toast("Genie: solved").waitFor({ timeout: 300_000 });
    await window.row("Task", "Candidate 2").waitFor();
    await window.screenshot("20-candidates");
    await chooseModel(window, "Offline");
    await window.close();
  } finally {
    server.kill();
    rmSync(settings, { force: true });
  }
}
