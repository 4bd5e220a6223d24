// What a user must be able to trust: what runs without a sandbox, and what happens when the server is lost.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSimpleRepository } from "./repository.mjs";
import { chooseModel } from "./window.mjs";

const PYTHON = process.env.GENIE_E2E_PYTHON ?? "python3";

/** The server that the tests' Python has, started by a line of shell in which it is "$@". */
export async function withServer(vscode, line, story) {
  const server = [PYTHON, "-I", "-m", "genie_engineer", "serve", "--stdio"];
  vscode.setMachineSetting("genie.server.command", ["/bin/sh", "-c", line, "sh", ...server]);
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

export const TRUST = { approve };
