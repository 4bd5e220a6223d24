// What users and other agents are offered: tools, and ways to begin.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { makeRepository } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";

/** Another agent asks for Genie's search and navigation. */
async function lentTools(vscode) {
  const { folder } = makeRepository();
  const window = await vscode.open(folder);
  await window.openFile("ledger.py");
  await window.command("E2E: Ask Genie's Tools");
  await window.toast("Where is total?").waitFor({ timeout: 300_000 });
  await window.line("From the editor.").first().waitFor();
  await window.line("ledger.py:4-9 total").waitFor();
  await window.line("ledger.py:17-20 split").waitFor();
  await window.screenshot("22-lent-tools");
  await window.page.keyboard.press("Control+End");
  await window.line("All tools have answered.").waitFor();
  await window.line("The rest is left out.").last().waitFor();
  await window.screenshot("22-lent-tools-clipped");
  await window.close();
}

/** A task begins with a problem, as a quick fix; with a failed test; and with a ticket, after one that isn't there. */
async function begin(vscode) {
  const { folder, home } = makeRepository();
  const script = join(home, "looking.json");
  const turn = (name, args) => ({ text: "", calls: [{ name, arguments: args }] });
  const finish = turn("finish", { outcome: "unsolved", summary: "Looked enough." });
  writeFileSync(script, JSON.stringify([turn("run_tests", {}), finish]));
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.openFile("ledger.py");
  await window.command("E2E: Report Problems");
  await window.line("result -= amount").click();
  await until(async () => {
    await window.page.keyboard.press("Control+.");
    await window.page.locator(".action-widget .monaco-list-row", { hasText: "Genie: Fix This" }).waitFor({ timeout: 5_000 });
  });
  await window.screenshot("23-fix-this");
  await window.page.keyboard.press("Escape");
  await window.codeAction("Genie: Fix This");
  await window.row("Task", "Amounts are subtracted (ledger.py:8)").waitFor({ timeout: 300_000 });
  await window.status("Genie: not solved").waitFor();

  await window.command("Genie: Solve Task");
  await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "Make all 3 tests that failed pass" }).waitFor();
  await window.screenshot("24-beginnings");
  await window.pick("test_cents_have_two_digits pass");
  await window.row("Task", "test_cents_have_two_digits fails").waitFor();
  await window.status("Genie: not solved").waitFor();
  await withTickets(vscode, async () => {
    await window.command("Genie: Solve Task");
    await window.pick("Type a task, or give a ticket");
    await window.enter("https://github.com/shop/ledger/issues/8", false);
    await window.page.locator(".quick-input-message", { hasText: "There is no ticket shop/ledger#8" }).waitFor();
    await window.screenshot("25-no-ticket");
    await window.enter("https://github.com/shop/ledger/issues/7");
    await window.row("Task", "Cents are cut off").waitFor();
    await window.status("Genie: not solved").waitFor();
    await window.screenshot("25-ticket");
  });
  await window.close();
}

/** The walkthrough is opened from the empty view; a key is kept and taken away; the steps tick themselves. */
async function walkthrough(vscode) {
  const { folder } = makeRepository();
  const window = await vscode.open(folder);
  const step = (title) => window.page.locator(".getting-started-step", { hasText: title });
  const press = (label) => window.page.locator(".getting-started-step .monaco-button", { hasText: label }).click();
  const done = (name) => window.page.locator(`[data-done-step-id$="#start#${name}"].complete`);
  await window.page.locator(".activitybar .action-item", { has: window.page.locator('[aria-label^="Genie"]') }).click();
  await window.page.locator(".pane-body a", { hasText: "Get Started" }).click();
  await press("Set API Key");
  await window.enter("sk-of-the-story");
  await window.status("Genie has a key").waitFor();
  await window.screenshot("26-walkthrough");
  await press("Set API Key");
  await window.page.locator('.quick-input-widget:visible input[placeholder^="There is a key"]').waitFor();
  await window.screenshot("26-api-key");
  await window.enter("");
  await window.status("Genie has no key").waitFor();
  await press("Choose Model");
  await window.pick("Offline");
  await done("model").waitFor();
  await step("Let Genie read your code").click();
  await press("Update Index");
  await done("index").waitFor({ timeout: 300_000 });
  await window.page.keyboard.press("Control+b"); // A step's text stands beside it where there is room.
  await step("Review what it proposes").click();
  await window.page.locator(".getting-started-media:visible").waitFor();
  await window.screenshot("26-walkthrough-review");
  assert.ok(!vscode.log().includes("sk-of-the-story"));
  await window.close();
}

/** GitHub's API with one ticket, as long as `action` takes. */
async function withTickets(vscode, action) {
  const ticket = { title: "Cents are cut off", body: "12.5 is shown", comments: 0, html_url: "https://github.com/shop/ledger/issues/7" };
  const said = { "/repos/shop/ledger/issues/7": ticket, "/repos/shop/ledger/issues/7/comments": [] };
  const server = createServer((request, response) => {
    const answer = said[request.url.split("?")[0]];
    response.writeHead(answer ? 200 : 404, { "Content-Type": "application/json" }).end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const settings = join(vscode.home, "genie", "settings.toml");
  mkdirSync(join(vscode.home, "genie"), { recursive: true });
  writeFileSync(settings, `[tickets."github.com"]\nkind = "github"\napi = "http://127.0.0.1:${server.address().port}"\n`);
  try {
    await action();
  } finally {
    rmSync(settings, { force: true });
    server.close();
  }
}

export const OFFERED = { lentTools, begin, walkthrough };
