// The three notifications, of any run that this window works on: a question, an approval, and the end.

import * as vscode from "vscode";
import { stateOf } from "./branches";
import type { RunView } from "./protocol";
import { openHunks, type Shown } from "./shown";
import { shorten } from "./status";

interface Button extends vscode.MessageItem {
  readonly command: string;
}

const BUTTONS = {
  answer: { title: vscode.l10n.t("Answer"), command: "genie.answer" },
  decide: { title: vscode.l10n.t("Decide"), command: "genie.answer" },
  review: { title: vscode.l10n.t("Review Changes"), command: "genie.openChange" },
  log: { title: vscode.l10n.t("Show Log"), command: "genie.showOutput" },
};

/** Tells each question and each end once. A run that the views don't show is named, and shown by the button. */
export class Notices implements vscode.Disposable {
  private readonly told = new Set<string>();
  private readonly following: vscode.Disposable;

  constructor(private readonly shown: Shown) {
    this.following = shown.onDidChange((view) => view && this.see(view, openHunks(view).length));
  }

  /** The server tells of a run, which has so many `changes`. */
  see(view: RunView, changes: number): void {
    if (view.elsewhere) {
      return;
    }
    if (view.phase === "working" || view.phase === "asking") {
      this.told.add(view.run);
    }
    this.seeQuestion(view);
    if (view.phase === "finished" && this.told.delete(view.run)) {
      const named = this.isShown(view) ? "" : ` “${view.title}”`;
      const text = `Genie: ${stateOf(view).words}${named}. ${shorten(view.summary || view.status, 160)}`;
      const show = view.outcome === "failed" ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
      void this.offer(view.run, show(text, ...(changes ? [BUTTONS.review, BUTTONS.log] : [BUTTONS.log])));
    }
  }

  dispose(): void {
    this.following.dispose();
  }

  private seeQuestion(view: RunView): void {
    const asked = `question of ${view.run}`;
    if (!view.question) {
      this.told.delete(asked); // a question that is asked again after a pause is told again
    } else if (!this.told.has(asked) || !this.told.has(view.question.id)) {
      this.told.add(asked).add(view.question.id);
      const { text, approval } = view.question;
      const told = this.isShown(view) ? vscode.l10n.t("Genie asks: {0}", text) : vscode.l10n.t("Genie asks, at work on “{0}”: {1}", view.title, text);
      void this.offer(view.run, vscode.window.showInformationMessage(told, approval ? BUTTONS.decide : BUTTONS.answer));
    }
  }

  private isShown(view: RunView): boolean {
    return this.shown.view?.run === view.run;
  }

  private async offer(run: string, message: Thenable<Button | undefined>): Promise<void> {
    const button = await message;
    if (button && button !== BUTTONS.log && this.shown.view?.run !== run) {
      await vscode.commands.executeCommand("genie.showRun", { run });
    }
    if (button) {
      await vscode.commands.executeCommand(button.command);
    }
  }
}
