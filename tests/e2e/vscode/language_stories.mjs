// What a user does whose VS Code speaks another language, and who has no mouse.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeRepository } from "./repository.mjs";
import { until } from "./window.mjs";
import { inAnother, PYTHON, SERVER } from "./workbench.mjs";

const MARKED = "[role=treeitem], .codelens-decoration a, .statusbar-item a";

/** A task from its words to the saved file, in German and by keys alone; nothing of Genie's is left unnamed. */
export async function inGermanByKeys(vscode) {
  const { folder, script } = makeRepository();
  const settings = { "genie.server.command": SERVER, "genie.model": `scripted:${script}`, "genie.testCommand": `${PYTHON} -m pytest` };
  await inAnother(vscode, "inGermanByKeys", { settings, language: "de" }, async (other) => {
    const window = await other.open(folder);
    const keys = window.page.keyboard;
    await window.quick("Control+p", "ledger.py");
    await window.found("ledger.py").waitFor();
    await keys.press("Enter");
    await window.line("def total").waitFor();
    await window.command("Genie: Aufgabe lösen");
    await window.enter("Die Beträge stimmen nicht");
    await window.row("Aufgabe", "Arbeitet").waitFor({ timeout: 120_000 });
    await window.row("Aufgabe", "Hat eine FrageWartet auf Ihre Antwort").waitFor({ timeout: 120_000 });
    await window.status("Genie: Who gets the cents").waitFor();

    await window.command("Genie: Focus on Plan View");
    await keys.press("Home");
    await keys.press("F2");
    await window.enter("Sieh dir die Summe an");
    await window.row("Plan", "Sieh dir die Summe an").waitFor();
    await window.command("Genie: Frage beantworten");
    await window.pick("The first ones");
    await window.status("Genie: gelöst, 3 zu begutachten").waitFor({ timeout: 120_000 });
    await window.row("Aufgabe", "3 fehlgeschlagen, 1 bestanden → 4 bestanden").waitFor();
    await window.page.locator(".codelens-decoration a", { hasText: "Annehmen" }).nth(2).waitFor();
    await window.screenshot("38-german");

    await keys.press("Control+1");
    await keys.press("Alt+F9");
    await window.status("Ln 8").waitFor();
    await keys.press("Control+Alt+Enter");
    await window.line("result += amount").waitFor();
    await keys.press("Alt+F9");
    await window.status("Ln 14").waitFor();
    await until(async () => {
      await keys.press("Control+.");
      await window.page.locator(".action-widget .monaco-list-row", { hasText: "Genies Änderung annehmen" }).waitFor({ timeout: 5_000 });
    });
    await keys.press("Enter");
    await window.line("{cents % 100:02}").waitFor();
    await keys.press("Alt+F9");
    await window.status("Ln 19").waitFor();
    await keys.press("Control+Alt+Backspace");
    await window.status("Genie: gelöst").filter({ hasNotText: "zu begutachten" }).waitFor();
    await keys.press("Control+s");
    await until(() => assert.match(readFileSync(join(folder, "ledger.py"), "utf8"), /\+= amount[^]*100:02[^]*amount \/\/ people/));

    await window.page.locator(".codelens-decoration").first().waitFor({ state: "detached" });
    await window.command("Genie: Focus on Änderungen View");
    await keys.press("End");
    await window.row("Änderungen", "abgelehnt").waitFor();
    await window.row("Änderungen", "share, left_over").and(window.page.locator(".focused")).waitFor();
    const names = await window.page.locator(MARKED).evaluateAll((all) => all.map((one) => one.ariaLabel || one.textContent));
    const wanted = ["Gelöst, Sums add, cents have two digits, and no cent is lost.", "result += amount, +1 −1, angenommen, Zeile 8"];
    wanted.push("share, left_over = divmod(amount, people), +2 −2, abgelehnt, Zeile 19");
    assert.ok(wanted.every((name) => names.includes(name)), names.join("\n"));
    assert.ok(names.some((name) => name.startsWith("Tests, 3 fehlgeschlagen, 1 bestanden → 4 bestanden")), names.join("\n"));
    assert.ok(names.every((name) => name.trim()), names.join("\n"));
    await window.screenshot("39-german-reviewed");
    await window.close();
  });
}
