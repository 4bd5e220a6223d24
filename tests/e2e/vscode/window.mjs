// What a user sees and does in one window of VS Code.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const SCREENSHOTS = resolve(import.meta.dirname, "../../../build/screenshots");

/** One window, by what a user sees and does. Every method waits for what it needs. */
export class Window {
  constructor(page) {
    this.page = page;
  }

  /** Opens the palette or the file picker with `text` in it. Keys pressed before VS Code is ready are lost. */
  async quick(key, text) {
    const box = this.page.locator(".quick-input-widget:visible input.input");
    await until(async () => {
      await this.page.keyboard.press(key);
      await box.waitFor({ timeout: 3_000 });
    });
    await box.fill(text);
  }

  /** Runs "Category: Title" from the palette. */
  async command(title) {
    const row = this.page.locator(`.quick-input-list .monaco-list-row.focused[aria-label^="${title}"]`);
    await until(async () => {
      await this.page.keyboard.press("Escape");
      await this.quick("F1", `>${title}`);
      await row.waitFor({ timeout: 5_000 });
    });
    await this.page.keyboard.press("Enter");
  }

  /** Types into the input box that is open and confirms; unless it is the `last`, another box follows. */
  async enter(text, last = true) {
    // The box is the same widget as that of a list, which may not have gone yet.
    await this.page.locator(".quick-input-widget .quick-input-list").waitFor({ state: "hidden" });
    const box = this.page.locator(".quick-input-widget:visible input.input");
    await box.fill(text);
    await this.page.keyboard.press("Enter");
    if (last) {
      await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    }
  }

  /** Chooses from the list that is open. */
  async pick(label) {
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: label }).first().waitFor();
    await this.page.locator(".quick-input-widget:visible input.input").fill(label);
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: label }).waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Ticks a row of the list that is open and confirms. */
  async tick(label) {
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: label }).first().click();
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Types into the list that is open what isn't in it, and takes that. */
  async answer(text) {
    await this.page.locator(".quick-input-widget:visible input.input").fill(text);
    await this.found(text).waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Opens a view of the sidebar that is collapsed. */
  async expand(view) {
    await this.page.locator(`.pane-header:has(.title:text-is("${view}"))[aria-expanded="false"]`).click();
  }

  /** Runs "Genie: Find Code" and types into its box, which stays open. */
  async find(text) {
    await this.command("Genie: Find Code");
    await this.page.locator('.quick-input-widget:visible input[placeholder^="What does"]').pressSequentially(text);
  }

  /** Takes the active row of the list that is open. */
  take() {
    return this.end("Enter");
  }

  /** Leaves the list that is open. */
  leave() {
    return this.end("Escape");
  }

  /** A key is lost now and then while a list's rows are made anew. */
  async end(key) {
    await until(async () => {
      await this.page.keyboard.press(key);
      await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout: 5_000 });
    });
  }

  /** A row of the list that is open, active, with `text`. */
  found(text) {
    return this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: text });
  }

  tab(name) {
    return this.page.locator(`.tab[data-resource-name="${name}"]`);
  }

  /** Opens the language status until `text` is in it. */
  async languageStatus(text) {
    const entry = this.page.locator(".hover-language-status", { hasText: text });
    await until(async () => {
      await this.page.mouse.move(1000, 18);
      await this.page.locator(".statusbar-item[id='status.languageStatus']").hover();
      await entry.waitFor({ timeout: 3_000 });
    });
  }

  async openFile(name) {
    await this.quick("Control+p", name);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.line("").first().waitFor();
  }

  async closeEditor() {
    await this.page.locator(".tabs-container .tab.active .tab-actions .action-label").click();
  }

  /** Lines of the active editor that contain `text`. */
  line(text) {
    const lines = this.page.locator(".editor-group-container.active .monaco-editor .view-line");
    return text ? lines.filter({ hasText: nonBreaking(text) }) : lines;
  }

  /** Rows of a sidebar's view that contain `text`. */
  row(view, text) {
    const pane = this.page.locator(".pane", { has: this.page.locator(`.pane-header .title:text-is("${view}")`) });
    return pane.locator(".pane-body .monaco-list-row", { hasText: text });
  }

  /** What stands beside a view's title. */
  header(view, text) {
    return this.page.locator(`.pane-header:has(.title:text-is("${view}"))`, { hasText: text });
  }

  /** Clicks an inline action of a tree's row. */
  async rowAction(row, title) {
    const action = row.locator(`.actions .action-label[aria-label^="${title}"]`);
    await until(async () => {
      await this.page.mouse.move(1000, 18); // rows move under the mouse, and another one's tooltip may lie over this
      await row.hover({ timeout: 3_000 });
      await action.click({ timeout: 3_000 });
    });
  }

  /** Clicks the `nth` CodeLens of that title; a lens may be inert until the editor was touched. */
  async lens(title, nth = 0) {
    const lens = this.page.locator(".codelens-decoration a", { hasText: title }).nth(nth);
    await until(async () => {
      await lens.click({ timeout: 3_000 }).catch(async (error) => {
        await this.line("").first().click();
        throw error;
      });
    });
  }

  /** Opens the quick fixes at the cursor and takes one. */
  async codeAction(title) {
    const row = this.page.locator(".action-widget .monaco-list-row", { hasText: title });
    await until(async () => {
      await this.page.keyboard.press("Control+.");
      await row.click({ timeout: 5_000 });
    });
  }

  /** Waits until lines to come with `text` are shown, or are not: they are a decoration's style, no text. */
  async proposed(text, shown = true) {
    const isShown = ([wanted, expected]) => {
      const spans = [...document.querySelectorAll(".monaco-editor .view-line span")];
      return spans.some((span) => getComputedStyle(span, "::after").content.includes(wanted)) === expected;
    };
    await this.page.waitForFunction(isShown, [text, shown]);
  }

  /** Writes into the box of the thread that is open and sends it. */
  async remark(text) {
    const box = this.page.locator(".review-widget .comment-form .monaco-editor").last();
    await box.click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Control+Enter");
  }

  /** What was said in a thread that is open. */
  comment(text) {
    return this.page.locator(".review-widget .comment-body", { hasText: text });
  }

  toast(text) {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text });
  }

  status(text) {
    return this.page.locator(".statusbar-item", { hasText: text });
  }

  /** Rests the mouse on a line until `text` is told there. */
  async hover(line, text) {
    const told = this.page.locator(".monaco-hover:visible", { hasText: text });
    await until(async () => {
      await this.page.mouse.move(1000, 18);
      await line.locator("span span").first().hover();
      await told.first().waitFor({ timeout: 5_000 });
    });
  }

  /** Saves build/screenshots/NAME.png, with the mouse out of the way unless it `moves` nowhere. */
  async screenshot(name, moves = true) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    if (moves) {
      await this.page.mouse.move(1000, 18);
    }
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  /** Saves NAME-light.png and NAME-dark.png. */
  async pictures(name) {
    for (const scheme of ["dark", "light"]) {
      await this.theme(scheme);
      await this.screenshot(`${name}-${scheme}`);
    }
  }

  /** What the user's desktop prefers, which VS Code follows: "light" or "dark". */
  async theme(scheme) {
    await this.page.emulateMedia({ colorScheme: scheme });
    await this.page.locator(`.monaco-workbench.vs${scheme === "dark" ? "-dark" : ":not(.vs-dark)"}`).waitFor();
  }

  /** The next picture of a series: build/screenshots/frame-NN.png. */
  async frame() {
    this.frames = (this.frames ?? 0) + 1;
    await this.screenshot(`frame-${String(this.frames).padStart(2, "0")}`, false);
  }

  async close() {
    await this.page.context().close();
  }
}

function nonBreaking(text) {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "[ \u00a0]"));
}

/** Chooses who does the thinking; `meanwhile` looks at what is seen until the list is there. */
export async function chooseModel(window, label, name, meanwhile = async () => {}) {
  await window.command("Genie: Choose Model");
  await meanwhile();
  await window.pick(label);
  if (name) {
    await window.enter(name);
  }
  await window.status("model from now on").waitFor();
}

/** Tries `action` again until it doesn't throw; after a minute its last error is thrown. */
export async function until(action) {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
    }
  }
}
